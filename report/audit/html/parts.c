/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/html/parts.h"

#include <inttypes.h>
#include <stdarg.h>

#include "host/base/array.h"

static const char *const glyphs[] = {
	[ASSIGNABLE] = "✓",
	[ASSIGNABLE_WITH] = "◐",
	[ASSIGNABLE_BLOCKED] = "✕",
	[ASSIGNABLE_UNDETERMINED] = "?",
	[ASSIGNABLE_NOT_A_CANDIDATE] = "·",
};

ASSERT_COVERS(glyphs, ASSIGNABLE_COUNT);

const char *page_glyph(enum assignable_verdict verdict)
{
	return glyphs[verdict];
}

void page_verdict(struct page *page, enum assignable_verdict verdict)
{
	html_element(&page->html, "b", "v",
		     verdict == ASSIGNABLE_NOT_A_CANDIDATE ? "of the host"
							   : assignable_verdict_name(verdict));
}

const char *page_name(struct page *page, const struct pci_function *function)
{
	struct arena *arena = page->html.arena;
	const char *name = names_find(page->names, arena, function);

	if (name)
		return name;
	if (pci_knows_ids(function))
		return arena_printf(arena, "%04" PRIx64 ":%04" PRIx64, function->vendor.value,
				    function->device.value);
	return "ids not read";
}

void page_copy(struct page *page, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *text = arena_vprintf(page->html.arena, format, arguments);
	va_end(arguments);
	html_copy(&page->html, text);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "host/pci/pci_attributes.h"
#include "tests/fuzz/fuzz.h"

/* What is known of a text is all of it: the lines, written as the kernel does, are the text again.
 */
static void expect_whole(struct arena *arena, const struct pci_resources *resources,
			 const char *text)
{
	for (size_t i = 0; i < resources->count; i++) {
		const struct pci_resource *line = &resources->lines[i];
		const char *written =
			arena_printf(arena, "0x%016" PRIx64 " 0x%016" PRIx64 " 0x%016" PRIx64 "\n",
				     line->start, line->end, line->flags);
		if (strncmp(text, written, strlen(written)) != 0)
			abort();
		text += strlen(written);
	}
	if (*text)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct fact_text text = fuzz_text(arena, bytes, size);
	struct pci_resources resources;

	pci_resources_parse(arena, &text, &resources);
	if (fact_known(&resources.fact))
		expect_whole(arena, &resources, text.text);
	arena_free(arena);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/framebuffer.h"

#include <string.h>

#include "host/base/array.h"
#include "host/pci/pci.h"

/* Names of the resources: drivers/video/fbdev/{efifb,vesafb,simplefb}.c, drivers/firmware/sysfb.c
 * and sysfb_simplefb.c ("BOOTFB"), drivers/gpu/drm/{tiny,sysfb}. */
static const char *const holders[] = {
	"BOOTFB", "efifb",   "efi", "vesafb", "vesa", "simplefb", "simpledrm", "simple-framebuffer",
	"efidrm", "vesadrm",
};

/* A line is "  c0000000-cfffffff : NAME". */
static const char *name_of(const char *line, size_t length, size_t *ret_length)
{
	const char *separator = memmem(line, length, " : ", 3);

	if (!separator)
		return NULL;
	*ret_length = length - (size_t)(separator + 3 - line);
	return separator + 3;
}

/* "simple-framebuffer.0" is an instance of its driver. */
static const char *holder_of(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(holders); i++) {
		size_t size = strlen(holders[i]);
		if (length >= size && memcmp(name, holders[i], size) == 0 &&
		    (length == size || name[size] == '.'))
			return holders[i];
	}
	return NULL;
}

static bool is_function(const char *name, size_t length, struct pci_address *ret)
{
	char text[PCI_ADDRESS_SIZE];

	if (length >= sizeof(text))
		return false;
	memcpy(text, name, length);
	text[length] = '\0';
	return pci_address_parse(text, ret) == 0;
}

bool framebuffers_want(const char *line, size_t length)
{
	size_t name_length;
	const char *name = name_of(line, length, &name_length);
	struct pci_address address;

	return name && (holder_of(name, name_length) || is_function(name, name_length, &address));
}

static void append(struct arena *arena, struct framebuffers *framebuffers, size_t *capacity,
		   const struct framebuffer *item)
{
	struct framebuffer *items = arena_grow(arena, framebuffers->items, framebuffers->count,
					       capacity, sizeof(*items));

	if (!items)
		return;
	framebuffers->items = items;
	items[framebuffers->count++] = *item;
}

/* Returns whether the list has a function at all. */
static bool parse(struct arena *arena, const struct fact_text *text, struct framebuffers *ret)
{
	const char *function = NULL;
	bool any = false;
	size_t function_depth = 0, capacity = 0, offset = 0;
	struct fact_line line;

	while (fact_next_line(text, &offset, &line)) {
		size_t depth = strspn(line.text, " "), name_length = 0;
		const char *name = name_of(line.text, line.length, &name_length);
		struct pci_address address;

		if (function && depth <= function_depth)
			function = NULL;
		if (name && is_function(name, name_length, &address)) {
			function = arena_copy(arena, name, name_length);
			function_depth = depth;
			any = true;
		} else if (name && function && holder_of(name, name_length)) {
			const struct framebuffer item = {holder_of(name, name_length), function};
			append(arena, ret, &capacity, &item);
		}
	}
	return any;
}

void framebuffers_load(struct root *root, struct arena *arena, struct framebuffers *ret)
{
	struct fact_text text = root_read(root, arena, "/proc/iomem", LIMIT_FILE);

	*ret = (struct framebuffers){.fact = text.fact};
	/* The memory of a display is always in the list, which each kernel has. */
	if (fact_known(&text.fact) && !parse(arena, &text, ret))
		ret->fact.state = FACT_MALFORMED;
}

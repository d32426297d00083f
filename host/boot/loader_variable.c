/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/loader_variable.h"

#include <errno.h>

enum { ATTRIBUTES_SIZE = 4 };

struct fact_text loader_variable_read(struct root *root, struct arena *arena, const char *name)
{
	struct fact_text text =
		root_read(root, arena, arena_printf(arena, EFI_VARIABLES "%s" LOADER_GUID, name),
			  LIMIT_ATTRIBUTE);
	size_t length = 0;

	if (!fact_known(&text.fact))
		return text;
	char *ascii = arena_alloc(arena, text.length + 1);
	if (!ascii)
		return (struct fact_text){
			.fact = fact_of(FACT_UNREADABLE, text.fact.source, ENOMEM)};
	for (size_t at = ATTRIBUTES_SIZE; at + 1 < text.length && text.text[at]; at += 2)
		ascii[length++] = text.text[at + 1] ? '?' : text.text[at];
	return (struct fact_text){.fact = text.fact, .text = ascii, .length = length};
}

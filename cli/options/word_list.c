/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options/word_list.h"

bool word_list_append(struct arena *arena, struct word_list *list, const char *word)
{
	const char **words =
		arena_grow(arena, list->words, list->count, &list->capacity, sizeof(*list->words));

	if (!words)
		return false;
	words[list->count++] = word;
	list->words = words;
	return true;
}

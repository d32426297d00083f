/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_OPTIONS_WORD_LIST_H
#define PASSCHECK_CLI_OPTIONS_WORD_LIST_H

#include "host/base/arena.h"

/* Words in the order given. */
struct word_list {
	const char **words;
	size_t count;
	size_t capacity;
};

/* Appends word, which must outlive the list. Returns false where memory is short. */
bool word_list_append(struct arena *arena, struct word_list *list, const char *word);

#endif

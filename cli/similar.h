/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_SIMILAR_H
#define PASSCHECK_CLI_SIMILAR_H

#include <stddef.h>

/* The word that a mistyped one is nearest to, so far. */
struct similar {
	const char *typed;
	const char *best; /* NULL: none is near */
	size_t distance;  /* letters to change, add, leave out, or swap with the next */
};

/* Begins a search for what typed may mean. */
struct similar similar_begin(const char *typed);

/* Looks at a word that could be meant: at most two letters away, and one for each three. */
void similar_consider(struct similar *similar, const char *word);

#endif

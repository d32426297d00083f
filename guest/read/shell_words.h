/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_SHELL_WORDS_H
#define PASSCHECK_GUEST_READ_SHELL_WORDS_H

#include <stdbool.h>

#include "host/base/arena.h"

/* The words of a text, as a shell or ps has them. */
struct shell_words {
	struct arena *arena;
	const char *at;
	unsigned line;
	unsigned word_line; /* where the last one began */
	bool begins_line;   /* whether the last one is the first of its line */
	bool line_ended;    /* whether a line ended that no backslash continues; the caller clears
			       it */
};

/*
 * Returns the next word without its quotes, or NULL behind the last. What begins with a brace is
 * JSON, which ends where its braces do: ps shows it without the quotes that a shell took. Comments
 * are passed over.
 */
const char *shell_words_next(struct shell_words *words);

#endif

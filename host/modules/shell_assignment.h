/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_MODULES_SHELL_ASSIGNMENT_H
#define PASSCHECK_HOST_MODULES_SHELL_ASSIGNMENT_H

#include "host/access/fact.h"
#include "host/base/arena.h"

/* An assignment in a file that bash sources: NAME="…", NAME+=" … ", NAME=(… …). */
struct shell_assignment {
	struct fact_line name;
	bool appends; /* += */
	bool is_array;
	const char *value; /* without its quotes; of an array the words, each behind a blank */
	size_t begin, end; /* of all of it in the text */
};

/*
 * Takes the next assignment of a text that stands at the beginning of a line, and sets *offset, 0
 * for the first, behind the line on which it ends: a value may go on over lines. Variables and
 * commands in it stay as they are written. Memory comes from arena. Returns false behind the last,
 * and where a quote or parenthesis does not end: bash reads no further, either.
 */
bool shell_assignment_next(const struct fact_text *text, struct arena *arena, size_t *offset,
			   struct shell_assignment *ret);

#endif

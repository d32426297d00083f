/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BASE_LINES_H
#define PASSCHECK_HOST_BASE_LINES_H

#include "host/base/arena.h"

/* A line of text in a list: a command, a word, or a sentence without a final period. */
struct text_line {
	const char *text;
	struct text_line *next;
	struct text_line *last; /* of the first line: one near the end; lines_add() walks from it */
};

/* Append a line to the list, in memory of arena; short memory marks the arena. The second keeps
 * text, which must live as long, and appends nothing that the list has already. */
void lines_add(struct arena *arena, struct text_line **list, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void lines_append_once(struct arena *arena, struct text_line **list, const char *text);

/* Returns whether the list has the text. */
bool lines_have(const struct text_line *lines, const char *text);

/* Takes out of the list what stands in it before. Of use where many lines are added. */
void lines_unique(struct arena *arena, struct text_line **list);

/* Returns the lines one behind the other, with separator between them; "" for none. */
const char *lines_join(struct arena *arena, const struct text_line *lines, const char *separator);

#endif

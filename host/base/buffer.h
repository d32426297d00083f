/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BASE_BUFFER_H
#define PASSCHECK_HOST_BASE_BUFFER_H

#include "host/base/arena.h"

/*
 * A text that grows piece by piece, in time and memory linear in its length. All zero but for its
 * arena, separator and most, it is empty. Short memory marks the arena.
 */
struct buffer {
	struct arena *arena;
	const char *separator; /* between items; NULL for none */
	size_t most;           /* items that it takes; 0 for all */
	size_t count;          /* of items, with those that it did not take */
	char *text;
	size_t length;
	size_t capacity;
	size_t last; /* where the last item begins */
};

/* Adds length bytes as they are. */
void buffer_add(struct buffer *buffer, const char *bytes, size_t length);

/* Adds length bytes and a newline. */
void buffer_add_line(struct buffer *buffer, const char *bytes, size_t length);

/* Adds a formatted text, behind the separator where it is not the first. */
void buffer_item(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Returns the items, and behind them how many it did not take: "a, b and 3 more". */
const char *buffer_list(const struct buffer *buffer);

/* Returns the items as a choice, "a, b or c". It is for a buffer that takes all, without most. */
const char *buffer_choice(const struct buffer *buffer);

/* Returns the text, which ends with a NUL and lives as long as the arena; "" while it is empty. */
const char *buffer_text(const struct buffer *buffer);

/* Returns a count with its word in memory of arena: counted(arena, 2, "function") is "2 functions".
 */
const char *counted(struct arena *arena, size_t count, const char *one);

/* The same with a plural that is not the word and "s": "2 entries", "2 functions are". */
const char *counted_as(struct arena *arena, size_t count, const char *one, const char *many);

#endif

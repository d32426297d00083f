/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BASE_ARENA_H
#define PASSCHECK_HOST_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Memory that is freed all at once. The host snapshot owns one arena, the report another.
 *
 * A failed allocation marks the arena: arena_alloc() then returns NULL, the string functions return
 * "", so their callers need no check of their own, and whoever filled the arena asks
 * arena_failed() once at the end.
 */
struct arena;

/* Returns a new arena, or NULL when memory is short. The caller frees it with arena_free(). */
struct arena *arena_new(void);

/* Frees the arena and everything allocated from it. NULL is allowed. */
void arena_free(struct arena *arena);

/* Frees everything allocated from the arena, which stays ready for more. */
void arena_clear(struct arena *arena);

/* Returns size zeroed bytes, aligned for any type, or NULL when memory is short. */
void *arena_alloc(struct arena *arena, size_t size);

/* As arena_alloc() for text, which is not aligned. */
char *arena_text(struct arena *arena, size_t size);

/* As arena_alloc() for count elements of size bytes; NULL also when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/*
 * Grows an array of elements of size bytes for one more: when count has reached *capacity, copies
 * items to a block twice as large. Returns the block that now holds the array, or NULL.
 */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);

/*
 * Shortens the latest allocation to size bytes; what lies behind them is given out again. Returns
 * false, and changes nothing, where bytes is not the latest allocation.
 */
bool arena_shorten(struct arena *arena, const void *bytes, size_t size);

/* Returns a copy of length bytes of text with a NUL behind them, or "". */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* Returns "FOLDER/NAME", or "". */
char *arena_path(struct arena *arena, const char *folder, const char *name);

/* Returns the formatted text, or "". */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* Marks the arena, for memory of the same result that is short elsewhere. */
void arena_fail(struct arena *arena);

/* Returns whether an allocation from this arena has failed. */
bool arena_failed(const struct arena *arena);

/* Returns the bytes taken from the system for this arena, without what the next allocations may
 * take of them: tests measure by it that memory is linear in the input. */
size_t arena_size(const struct arena *arena);

#endif

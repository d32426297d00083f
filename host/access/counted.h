/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_COUNTED_H
#define PASSCHECK_HOST_ACCESS_COUNTED_H

#include "host/access/arena.h"

/* Returns a count with its word in memory of arena: counted(arena, 2, "function") is "2 functions".
 */
const char *counted(struct arena *arena, size_t count, const char *one);

/* The same with a plural that is not the word and "s": "2 entries", "2 functions are". */
const char *counted_as(struct arena *arena, size_t count, const char *one, const char *many);

#endif

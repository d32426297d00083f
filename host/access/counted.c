/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/counted.h"

const char *counted(struct arena *arena, size_t count, const char *one)
{
	return arena_printf(arena, "%zu %s%s", count, one, count == 1 ? "" : "s");
}

const char *counted_as(struct arena *arena, size_t count, const char *one, const char *many)
{
	return arena_printf(arena, "%zu %s", count, count == 1 ? one : many);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/children.h"

/* Returns an array without items, or NULL. */
static size_t *empty(struct arena *arena, size_t count)
{
	size_t *array = arena_array(arena, count + 1, sizeof(*array));

	for (size_t i = 0; array && i < count; i++)
		array[i] = NO_CHILD;
	return array;
}

bool children_begin(struct arena *arena, size_t parent_count, size_t item_count,
		    struct children *ret)
{
	*ret = (struct children){.first = empty(arena, parent_count),
				 .next = empty(arena, item_count)};
	return ret->first && ret->next;
}

void children_prepend(const struct children *children, size_t parent, size_t item)
{
	children->next[item] = children->first[parent];
	children->first[parent] = item;
}

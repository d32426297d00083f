/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_CHILDREN_H
#define PASSCHECK_REPORT_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>

#include "host/base/arena.h"

/* Ends a list of children. */
#define NO_CHILD SIZE_MAX

/* Lists of items by what they belong to, all by index: what is below each bridge, the VFs of each
 * PF. */
struct children {
	size_t *first; /* of each parent */
	size_t *next;  /* of each item, the next one of its parent */
};

/* Makes lists without items, in memory of arena. Returns whether that sufficed. */
bool children_begin(struct arena *arena, size_t parent_count, size_t item_count,
		    struct children *ret);

/* Adds an item that is in no list yet, before those that its parent has. */
void children_prepend(const struct children *children, size_t parent, size_t item);

#endif

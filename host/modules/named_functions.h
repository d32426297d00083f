/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_MODULES_NAMED_FUNCTIONS_H
#define PASSCHECK_HOST_MODULES_NAMED_FUNCTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "host/base/arena.h"

/* That a line names a function, by its address or its ids. */
struct named_function {
	uint64_t key;
	size_t line;
};

/* Which lines of configuration name which functions: sorted, so that those of one are found in one
 * step however many there are. Memory is an arena's; short memory marks it. */
struct named_functions {
	struct named_function *names;
	size_t count;
	size_t capacity;
};

/* Add each address that stands in a line's text (pci_address_next()), and ids, "8086:1533"; nothing
 * where ids are none or NULL. */
void named_add_addresses(struct arena *arena, struct named_functions *named, const char *text,
			 size_t length, size_t line);
void named_add_ids(struct arena *arena, struct named_functions *named, const char *ids,
		   size_t line);

/* Puts them in order, by function and line, once all are added. */
void named_sort(struct named_functions *named);

/* Returns the first line from that one on that names the function by its address or its ids
 * ("8086:1533"; NULL: not known); SIZE_MAX: none. */
size_t named_next(const struct named_functions *named, const char *function, const char *ids,
		  size_t from);

#endif

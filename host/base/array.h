/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BASE_ARRAY_H
#define PASSCHECK_HOST_BASE_ARRAY_H

#include <assert.h>
#include <string.h>

/* The number of elements of an array; do not use it on a pointer. */
#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Binds a table to the enumeration that it is indexed by, which has count members: one without a
 * row does not compile. Each row names its member, so a row in the middle is missed by
 * tests/source/test_tables.py.
 */
#define ASSERT_COVERS(table, count)                                                                \
	static_assert(ARRAY_LENGTH(table) == (count), #table " has not a row for each of " #count)

/* Compares two elements of an array of strings, for qsort() and bsearch(). */
static inline int compare_strings(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

#endif

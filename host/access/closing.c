/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/closing.h"

#include <stdlib.h>
#include <unistd.h>

#include "host/base/array.h"

static int compare_numbers(const void *left, const void *right)
{
	const int *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Kernels before 5.9 have no close_range(2). */
static void close_row(const int *fds, size_t count)
{
	if (close_range((unsigned)fds[0], (unsigned)fds[count - 1], 0) == 0)
		return;
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

void closing_end(struct closing *closing)
{
	size_t first = 0;

	qsort(closing->fds, closing->count, sizeof(closing->fds[0]), compare_numbers);
	for (size_t next = 1; next <= closing->count; next++) {
		if (next < closing->count && closing->fds[next] == closing->fds[next - 1] + 1)
			continue;
		close_row(closing->fds + first, next - first);
		first = next;
	}
	closing->count = 0;
}

void closing_add(struct closing *closing, int fd)
{
	closing->fds[closing->count++] = fd;
	if (closing->count == ARRAY_LENGTH(closing->fds))
		closing_end(closing);
}

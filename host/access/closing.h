/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_CLOSING_H
#define PASSCHECK_HOST_ACCESS_CLOSING_H

#include <stddef.h>

/* Descriptors that are done with. They are closed many at a time: a row of numbers is one system
 * call. All zeros is none. */
struct closing {
	int fds[128];
	size_t count;
};

/* Closes a descriptor, now or later. */
void closing_add(struct closing *closing, int fd);

/* Closes all that were added. */
void closing_end(struct closing *closing);

#endif

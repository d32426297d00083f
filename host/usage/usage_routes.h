/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_ROUTES_H
#define PASSCHECK_HOST_USAGE_USAGE_ROUTES_H

#include "host/access/root.h"

struct usage_routes;

enum { MOST_WAYS = 8 };

/* The interfaces that lead to another machine. */
struct usage_ways {
	const char *names[MOST_WAYS];
	size_t count;
	bool whole; /* no others can lead there */
};

/* Reads the routes of IPv4's main table below root into memory of arena; NULL where that is short.
 */
const struct usage_routes *usage_routes_load(struct root *root, struct arena *arena);

/*
 * Returns the interfaces that the longest fitting routes to an address of IPv4 ("192.168.1.5")
 * name; none for other addresses, and where the routes were not read. They are whole where the
 * machine is on a network of the host's own: what lies behind a gateway may be reached by a rule of
 * the host's, which /proc does not show.
 */
struct usage_ways usage_routes_find(const struct usage_routes *routes, const char *address);

#endif

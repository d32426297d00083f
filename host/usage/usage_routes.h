/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_ROUTES_H
#define PASSCHECK_HOST_USAGE_USAGE_ROUTES_H

#include "host/access/root.h"

/* Routes of IPv4's main table, a line each. */
#define USAGE_ROUTES_IPV4 "/proc/self/net/route"

/* What a route's flags have: linux/route.h, linux/ipv6_route.h. */
enum { ROUTE_UP = 0x0001, ROUTE_GATEWAY = 0x0002, ROUTE_REJECT = 0x0200 };

/* A line of that file; numbers as an address is read, 192 first. */
struct usage_route_line {
	char name[256]; /* of the interface */
	uint32_t destination;
	uint32_t mask;
	unsigned flags;
};

/* Reads a line as fib_route_seq_show() writes it on a little-endian machine. Returns false where it
 * is not a route's. */
bool usage_route_parse(const char *line, struct usage_route_line *ret);

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

/*
 * What a capture has in place of an address: the ways to it, "only:eth0:eth1", or "also:eth0" where
 * they are not whole. No address begins so, and no name of an interface has a colon
 * (dev_valid_name(), net/core/dev.c).
 */

/* Returns what a capture has in place of an address, in memory of arena; one that has it already
 * keeps it. NULL: no way is known. */
const char *usage_ways_mark(struct arena *arena, const struct usage_routes *routes,
			    const char *address);

/* Returns the same for the one interface that all goes through, or NULL. */
const char *usage_way_mark(struct arena *arena, const char *interface);

/* Reads such ways, names in memory of arena. Returns false where text is not such. */
bool usage_ways_parse(struct arena *arena, const char *text, struct usage_ways *ret);

#endif

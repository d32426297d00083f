/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_ROUTES_H
#define PASSCHECK_HOST_USAGE_USAGE_ROUTES_H

#include "host/access/root.h"

/*
 * Routes of IPv4's main table and of all of IPv6's, a line each. A line names one interface; of a
 * route over several, IPv4 and groups of next hops have a line for the first alone:
 * fib_route_seq_show(), net/ipv4/fib_trie.c; ipv6_route_native_seq_show(), net/ipv6/ip6_fib.c.
 */
#define USAGE_ROUTES_IPV4 "/proc/self/net/route"
#define USAGE_ROUTES_IPV6 "/proc/self/net/ipv6_route"

enum {
	USAGE_ADDRESS_SIZE = 16,
	USAGE_NAME_SIZE = 16, /* IFNAMSIZ: linux/if.h */
};

/* What a line of those files says. */
struct usage_route {
	char name[USAGE_NAME_SIZE];              /* of the interface */
	uint8_t destination[USAGE_ADDRESS_SIZE]; /* of IPv4 the first four bytes */
	unsigned prefix;                         /* so many bits of it count */
	bool ipv6;
	bool is_way; /* it leads to others: it refuses nothing, and this machine does not answer */
	bool direct; /* without a gateway, whoever sends */
};

/* Reads a line as a little-endian machine writes it. Returns false where it is not a route's. */
bool usage_route_parse(const char *line, struct usage_route *ret);

/* Returns whether it is a default route. */
bool usage_route_is_default(const struct usage_route *route);

struct usage_routes;

enum { MOST_WAYS = 8 };

/* The interfaces that lead to another machine. */
struct usage_ways {
	const char *names[MOST_WAYS];
	size_t count;
	bool whole; /* no others can lead there */
};

/* Reads the routes below root into memory of arena; NULL where that is short. */
const struct usage_routes *usage_routes_load(struct root *root, struct arena *arena);

/*
 * Returns the interfaces that the longest fitting routes to an address ("192.168.1.5", "fd00::5")
 * name; none for a name, and where the routes were not read. They are whole where the machine is on
 * a network of the host's own: what lies behind a gateway may be reached by a rule of the host's,
 * which /proc does not show. An address of one link has its interface behind it ("fe80::5%eth0");
 * without, or with its number, it leads nowhere: each link has such addresses.
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage_routes.h"

#include <arpa/inet.h>
#include <byteswap.h>
#include <stdio.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"

enum {
	MOST_ROUTES = 4096,
	/* What a route's flags have: linux/route.h, linux/ipv6_route.h. */
	ROUTE_UP = 0x0001,
	ROUTE_GATEWAY = 0x0002,
	ROUTE_REJECT = 0x0200,
};

#define ROUTE_LOCAL 0x80000000U /* this machine answers itself */

struct usage_routes {
	struct usage_route *routes;
	size_t count;
	bool whole;
	bool whole6;
};

/* Returns how many ones begin a mask of IPv4, -1 where others follow a zero. */
static int count_ones(uint32_t mask)
{
	uint32_t rest = ~mask;

	return (rest & (rest + 1)) == 0 ? __builtin_popcount(mask) : -1;
}

/* "eth0 0002A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0"; "*" refuses. */
static bool parse_ipv4(const char *line, struct usage_route *ret)
{
	unsigned destination, flags, mask;

	*ret = (struct usage_route){.ipv6 = false};
	if (sscanf(line, "%15s %x %*x %x %*d %*d %*d %x", ret->name, &destination, &flags, &mask) !=
	    4)
		return false;
	int prefix = count_ones(bswap_32(mask));
	if (prefix < 0)
		return false;
	ret->prefix = (unsigned)prefix;
	ret->is_way = (flags & ROUTE_UP) && !(flags & ROUTE_REJECT) && strcmp(ret->name, "*") != 0;
	ret->direct = !(flags & ROUTE_GATEWAY);
	memcpy(ret->destination, &destination, sizeof(destination));
	return true;
}

/* 32 hex digits. */
static bool parse_hex(const char *text, uint8_t ret[static USAGE_ADDRESS_SIZE])
{
	for (size_t i = 0; i < USAGE_ADDRESS_SIZE; i++) {
		if (sscanf(text + 2 * i, "%2hhx", &ret[i]) != 1)
			return false;
	}
	return true;
}

/* Destination, source, each with its prefix, gateway, metric, counts, flags, interface. */
static bool parse_ipv6(const char *line, struct usage_route *ret)
{
	char destination[2 * USAGE_ADDRESS_SIZE + 1];
	unsigned source, flags;

	*ret = (struct usage_route){.ipv6 = true};
	if (sscanf(line, "%32[0-9a-f] %x %*32[0-9a-f] %x %*32[0-9a-f] %*x %*x %*x %x %15s",
		   destination, &ret->prefix, &source, &flags, ret->name) != 5 ||
	    strlen(destination) != 2 * USAGE_ADDRESS_SIZE || ret->prefix > 8 * USAGE_ADDRESS_SIZE)
		return false;
	ret->is_way = (flags & ROUTE_UP) && !(flags & (ROUTE_REJECT | ROUTE_LOCAL)) &&
		      strcmp(ret->name, "lo") != 0;
	ret->direct = !(flags & ROUTE_GATEWAY) && source == 0;
	return parse_hex(destination, ret->destination);
}

bool usage_route_parse(const char *line, struct usage_route *ret)
{
	return parse_ipv6(line, ret) || parse_ipv4(line, ret);
}

bool usage_route_is_default(const struct usage_route *route)
{
	static const uint8_t any[USAGE_ADDRESS_SIZE];

	return route->is_way && route->prefix == 0 &&
	       memcmp(route->destination, any, sizeof(any)) == 0;
}

/* Adds the routes of a file. Returns whether all were read. */
static bool load(struct usage_routes *routes, struct arena *arena, const struct fact_text *text)
{
	char *save = NULL, *lines = arena_copy(arena, text->text, text->length);
	bool whole = true;

	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct usage_route *route = &routes->routes[routes->count];
		if (routes->count == MOST_ROUTES)
			return false;
		if (usage_route_parse(line, route))
			routes->count += route->is_way;
		else
			whole &= begins_with(line, "Iface");
	}
	return whole;
}

const struct usage_routes *usage_routes_load(struct root *root, struct arena *arena)
{
	const struct fact_text text = root_read(root, arena, USAGE_ROUTES_IPV4, LIMIT_FILE),
			       text6 = root_read(root, arena, USAGE_ROUTES_IPV6, LIMIT_FILE);
	struct usage_routes *found = arena_alloc(arena, sizeof(*found));

	if (!found)
		return NULL;
	*found = (struct usage_routes){
		.routes = arena_array(arena, MOST_ROUTES + 1, sizeof(*found->routes)),
	};
	if (!found->routes)
		return found;
	found->whole = fact_known(&text.fact) && load(found, arena, &text);
	found->whole6 = fact_known(&text6.fact) && load(found, arena, &text6);
	return found;
}

/* An address of a machine. */
struct address {
	uint8_t bytes[USAGE_ADDRESS_SIZE];
	bool ipv6;
};

/* Reads an address without the interface that may stand behind it. */
static bool parse_address(const char *text, struct address *ret)
{
	size_t length = strcspn(text, "%");
	char bare[INET6_ADDRSTRLEN] = "";

	if (length >= sizeof(bare))
		return false;
	memcpy(bare, text, length);
	*ret = (struct address){.ipv6 = strchr(bare, ':')};
	return inet_pton(ret->ipv6 ? AF_INET6 : AF_INET, bare, ret->bytes) == 1;
}

static bool is_of_one_link(const struct address *address)
{
	return address->ipv6 && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

static bool fits(const struct usage_route *route, const struct address *address)
{
	unsigned whole = route->prefix / 8, rest = route->prefix % 8;

	return route->ipv6 == address->ipv6 &&
	       memcmp(route->destination, address->bytes, whole) == 0 &&
	       (!rest || (route->destination[whole] ^ address->bytes[whole]) >> (8 - rest) == 0);
}

/* Returns the fitting route with the longest prefix, or NULL. */
static const struct usage_route *find_best(const struct usage_routes *routes,
					   const struct address *address)
{
	const struct usage_route *best = NULL;

	for (size_t i = 0; i < routes->count; i++) {
		const struct usage_route *route = &routes->routes[i];
		if (fits(route, address) && (!best || route->prefix > best->prefix))
			best = route;
	}
	return best;
}

/* Adds the name of an interface once. Returns false where there is no place for it. */
static bool add_way(struct usage_ways *ways, const char *name)
{
	for (size_t i = 0; i < ways->count; i++) {
		if (strcmp(ways->names[i], name) == 0)
			return true;
	}
	if (ways->count == MOST_WAYS)
		return false;
	ways->names[ways->count++] = name;
	return true;
}

static struct usage_ways find_ways(const struct usage_routes *routes, const struct address *address)
{
	const struct usage_route *best = find_best(routes, address);
	struct usage_ways ways = {.whole = best};

	for (size_t i = 0; best && i < routes->count; i++) {
		const struct usage_route *route = &routes->routes[i];
		if (route->prefix != best->prefix || !fits(route, address))
			continue;
		ways.whole &= add_way(&ways, route->name) && route->direct && route->prefix != 0;
	}
	return ways;
}

/* Returns the interface that "fe80::5%eth0" names, or NULL. The kernel writes a number there. */
static const char *link_of(const char *address)
{
	const char *percent = strchr(address, '%');

	return percent && percent[1 + strspn(percent + 1, "0123456789")] ? percent + 1 : NULL;
}

struct usage_ways usage_routes_find(const struct usage_routes *routes, const char *address)
{
	const struct usage_ways none = {.count = 0};
	const char *link = link_of(address);
	struct address parsed;

	if (!parse_address(address, &parsed))
		return none;
	if (is_of_one_link(&parsed))
		return link ? (struct usage_ways){.names = {link}, .count = 1, .whole = true}
			    : none;
	if (!routes || !(parsed.ipv6 ? routes->whole6 : routes->whole))
		return none;
	return find_ways(routes, &parsed);
}

static const char *const marks[] = {[false] = "also:", [true] = "only:"};

bool usage_ways_parse(struct arena *arena, const char *text, struct usage_ways *ret)
{
	struct usage_ways ways = {.count = 0};
	char *save = NULL;
	size_t kind = 0;

	while (kind < ARRAY_LENGTH(marks) && !begins_with(text, marks[kind]))
		kind++;
	if (kind == ARRAY_LENGTH(marks))
		return false;
	text += strlen(marks[kind]);
	char *names = arena_copy(arena, text, strlen(text));
	ways.whole = kind;
	for (char *name = strtok_r(names, ":", &save); name; name = strtok_r(NULL, ":", &save))
		ways.whole &= add_way(&ways, name);
	ways.whole &= ways.count > 0;
	*ret = ways;
	return true;
}

/* A comma ends a value in a list of options, and white space a field. */
static bool is_plain(const char *name)
{
	return *name && !strpbrk(name, ", \t\n:\\");
}

static const char *print(struct arena *arena, const struct usage_ways *ways)
{
	struct buffer text = {.arena = arena, .separator = ":"};

	for (size_t i = 0; i < ways->count; i++) {
		if (!is_plain(ways->names[i]))
			return NULL;
		buffer_item(&text, "%s", ways->names[i]);
	}
	return ways->count ? arena_printf(arena, "%s%s", marks[ways->whole], buffer_text(&text))
			   : NULL;
}

const char *usage_ways_mark(struct arena *arena, const struct usage_routes *routes,
			    const char *address)
{
	struct usage_ways ways;

	if (!usage_ways_parse(arena, address, &ways))
		ways = usage_routes_find(routes, address);
	return print(arena, &ways);
}

const char *usage_way_mark(struct arena *arena, const char *interface)
{
	return print(arena, &(struct usage_ways){.names = {interface}, .count = 1, .whole = true});
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage_routes.h"

#include <byteswap.h>
#include <stdio.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"
#include "host/access/buffer.h"

enum { MOST_ROUTES = 4096 };

/* A route of the main table. */
struct usage_route {
	const char *name;
	uint32_t destination;
	uint32_t mask;
	bool gateway;
};

struct usage_routes {
	struct usage_route *routes;
	size_t count;
	bool whole;
};

/* Ones, then zeros. */
static bool is_mask(uint32_t mask)
{
	uint32_t rest = ~mask;

	return (rest & (rest + 1)) == 0;
}

bool usage_route_parse(const char *line, struct usage_route_line *ret)
{
	unsigned destination, mask;

	if (sscanf(line, "%255s %x %*x %x %*d %*d %*d %x", ret->name, &destination, &ret->flags,
		   &mask) != 4)
		return false;
	ret->destination = bswap_32(destination);
	ret->mask = bswap_32(mask);
	return true;
}

/* Takes the route of a line. Returns false for one that does not count; unsets whole where the line
 * is neither a route's nor the heading. */
static bool take(struct arena *arena, const char *text, struct usage_route *ret, bool *whole)
{
	struct usage_route_line line;

	if (!usage_route_parse(text, &line)) {
		*whole &= begins_with(text, "Iface");
		return false;
	}
	*ret = (struct usage_route){
		.name = arena_copy(arena, line.name, strlen(line.name)),
		.destination = line.destination,
		.mask = line.mask,
		.gateway = line.flags & ROUTE_GATEWAY,
	};
	*whole &= is_mask(ret->mask);
	return (line.flags & ROUTE_UP) && !(line.flags & ROUTE_REJECT);
}

const struct usage_routes *usage_routes_load(struct root *root, struct arena *arena)
{
	struct fact_text text = root_read(root, arena, USAGE_ROUTES_IPV4, LIMIT_FILE);
	struct usage_routes *found = arena_alloc(arena, sizeof(*found));
	char *save = NULL;

	if (!found)
		return NULL;
	*found = (struct usage_routes){
		.routes = arena_array(arena, MOST_ROUTES, sizeof(*found->routes)),
		.whole = fact_known(&text.fact),
	};
	if (!found->routes || !fact_known(&text.fact))
		return found;
	char *lines = arena_copy(arena, text.text, text.length);
	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (found->count == MOST_ROUTES) {
			found->whole = false;
			break;
		}
		found->count += take(arena, line, &found->routes[found->count], &found->whole);
	}
	return found;
}

static bool parse_address(const char *text, uint32_t *ret)
{
	unsigned part[4];
	int length = 0;

	if (sscanf(text, "%3u.%3u.%3u.%3u%n", &part[0], &part[1], &part[2], &part[3], &length) !=
		    4 ||
	    text[length])
		return false;
	*ret = 0;
	for (size_t i = 0; i < 4; i++) {
		if (part[i] > UINT8_MAX)
			return false;
		*ret = *ret << 8 | part[i];
	}
	return true;
}

static bool fits(const struct usage_route *route, uint32_t address)
{
	return (address & route->mask) == route->destination;
}

/* Returns the fitting route with the longest mask, or NULL. */
static const struct usage_route *find_best(const struct usage_routes *routes, uint32_t address)
{
	const struct usage_route *best = NULL;

	for (size_t i = 0; i < routes->count; i++) {
		const struct usage_route *route = &routes->routes[i];
		if (fits(route, address) && (!best || route->mask > best->mask))
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

struct usage_ways usage_routes_find(const struct usage_routes *routes, const char *address)
{
	struct usage_ways ways = {.whole = true};
	uint32_t number;

	if (!routes || !routes->whole || !parse_address(address, &number))
		return (struct usage_ways){.count = 0};
	const struct usage_route *best = find_best(routes, number);
	for (size_t i = 0; best && i < routes->count; i++) {
		const struct usage_route *route = &routes->routes[i];
		if (route->mask != best->mask || !fits(route, number))
			continue;
		ways.whole &= add_way(&ways, route->name) && !route->gateway && route->mask != 0;
	}
	ways.whole &= best != NULL;
	return ways;
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

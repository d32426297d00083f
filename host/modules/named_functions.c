/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules/named_functions.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/pci/pci_address.h"

static uint64_t key_of_address(const struct pci_address *address)
{
	return (uint64_t)address->domain << 16 | pci_requester_id(address);
}

/* Returns the key of "8086:1533", or 0: never one of an address, which has 48 bits. */
static uint64_t key_of_ids(const char *ids)
{
	if (!ids || !begins_with_form(ids, "xxxx:xxxx"))
		return 0;
	return 1ull << 63 | (uint64_t)strtoul(ids, NULL, 16) << 16 |
	       strtoul(ids + strlen("xxxx:"), NULL, 16);
}

static void add(struct arena *arena, struct named_functions *named, uint64_t key, size_t line)
{
	struct named_function *names =
		arena_grow(arena, named->names, named->count, &named->capacity, sizeof(*names));

	if (!names)
		return;
	named->names = names;
	names[named->count++] = (struct named_function){key, line};
}

void named_add_addresses(struct arena *arena, struct named_functions *named, const char *text,
			 size_t length, size_t line)
{
	struct pci_address address;
	size_t offset = 0;

	while (pci_address_next(text, length, &offset, &address))
		add(arena, named, key_of_address(&address), line);
}

void named_add_ids(struct arena *arena, struct named_functions *named, const char *ids, size_t line)
{
	if (key_of_ids(ids))
		add(arena, named, key_of_ids(ids), line);
}

static int by_key(const void *a, const void *b)
{
	const struct named_function *left = a, *right = b;

	if (left->key != right->key)
		return left->key < right->key ? -1 : 1;
	return (left->line > right->line) - (left->line < right->line);
}

void named_sort(struct named_functions *named)
{
	if (named->count)
		qsort(named->names, named->count, sizeof(*named->names), by_key);
}

/* Returns the first line from that one on which has the key, SIZE_MAX without one. */
static size_t next_of_key(const struct named_functions *named, uint64_t key, size_t from)
{
	const struct named_function wanted = {key, from};
	size_t first = 0, end = named->count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;
		if (by_key(&named->names[middle], &wanted) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return first < named->count && named->names[first].key == key ? named->names[first].line
								      : SIZE_MAX;
}

size_t named_next(const struct named_functions *named, const char *function, const char *ids,
		  size_t from)
{
	struct pci_address address;
	size_t by_address = SIZE_MAX, by_ids = SIZE_MAX;

	if (pci_address_parse(function, &address) == 0)
		by_address = next_of_key(named, key_of_address(&address), from);
	if (key_of_ids(ids))
		by_ids = next_of_key(named, key_of_ids(ids), from);
	return by_address < by_ids ? by_address : by_ids;
}

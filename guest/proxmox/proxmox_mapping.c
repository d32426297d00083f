/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/proxmox/proxmox_property.h"
#include "guest/read/readers.h"
#include "host/base/affix.h"

enum { MOST_FUNCTIONS = 64, DECIMAL = 10, MOST_GROUP_DIGITS = 9 };

/* Returns the value behind a key, as "map ", of a line of a section, which white space begins, or
 * NULL. */
static const char *value_of(const char *line, const char *key)
{
	if (*line != '\t' && *line != ' ')
		return NULL;
	line += strspn(line, "\t ");
	return begins_with(line, key) ? line + strlen(key) : NULL;
}

static const char *map_value(const char *line)
{
	return value_of(line, "map ");
}

/* "mdev 1": the section is of functions that give mediated devices. */
static void take_mdev(const char *line, struct domain_pool *pool)
{
	const char *value = value_of(line, "mdev ");

	if (value)
		pool->gives_mdevs = *value == '1';
}

/* A section is its name alone; only mappings of PCI functions have a path and ids. */
bool proxmox_mapping_is(const char *text)
{
	for (const char *line = text; line; line = next_line(line)) {
		const char *value = map_value(line);
		const char *path = value ? strstr(value, "path=") : NULL;
		if (path && path < value + strcspn(value, "\n"))
			return true;
	}
	return false;
}

static const char *property(struct arena *arena, const char *text, const char *key)
{
	return proxmox_property(arena, text, key, NULL);
}

/* Functions with ";" between them go together. */
static void read_path(struct guest_list *guests, const char *path, struct pool_choice *choice)
{
	choice->functions = arena_array(guests->arena, MOST_FUNCTIONS, sizeof(*choice->functions));
	while (path && *path && choice->functions) {
		size_t length = strcspn(path, ";");
		struct pool_function *function = &choice->functions[choice->count];
		if (choice->count == MOST_FUNCTIONS ||
		    !proxmox_address_parse(guests->arena, arena_copy(guests->arena, path, length),
					   &function->address, &function->whole_slot)) {
			guest_list_fail(guests, -EBADMSG, choice->line,
					"map names no address of a PCI function");
			return;
		}
		choice->count++;
		path += length + (path[length] == ';');
	}
}

static struct pool_choice read_choice(struct guest_list *guests, const char *value, unsigned line)
{
	struct pool_choice choice = {
		.line = line,
		.node = property(guests->arena, value, "node"),
		.group = -1,
	};
	const char *group = property(guests->arena, value, "iommugroup");

	choice.ids = pool_ids_read(property(guests->arena, value, "id"));
	choice.subsystem = pool_ids_read(property(guests->arena, value, "subsystem-id"));
	read_path(guests, property(guests->arena, value, "path"), &choice);
	if (group && isdigit((unsigned char)*group) && strlen(group) <= MOST_GROUP_DIGITS)
		choice.group = strtol(group, NULL, DECIMAL);
	return choice;
}

static void add_choice(struct guest_list *guests, struct domain_pool *pool, size_t *capacity,
		       const struct pool_choice *choice)
{
	struct pool_choice *choices =
		arena_grow(guests->arena, pool->choices, pool->count, capacity, sizeof(*choices));

	if (!choices || !choice->count)
		return;
	pool->choices = choices;
	choices[pool->count++] = *choice;
}

void proxmox_mapping_read(struct guest_list *guests, const char *text)
{
	struct domain_document *document = NULL;
	size_t capacity = 0;
	unsigned number = 1;

	for (const char *line = text; line && !guests->error; line = next_line(line), number++) {
		size_t length = strcspn(line, "\r\n");
		const char *value = map_value(line);
		if (length && !isspace((unsigned char)*line) && *line != '#') {
			document = guest_list_add(guests, DOMAIN_DOCUMENT_POOL);
			if (!document)
				return;
			document->pool.name = arena_copy(guests->arena, line, length);
			capacity = 0;
		} else if (value && document) {
			const struct pool_choice choice = read_choice(
				guests, arena_copy(guests->arena, value, strcspn(value, "\r\n")),
				number);
			add_choice(guests, &document->pool, &capacity, &choice);
		} else if (document) {
			take_mdev(line, &document->pool);
		}
	}
}

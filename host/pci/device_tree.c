/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/device_tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/access/affix.h"

enum {
	WORD = 4,
	RANGE = 4 * WORD, /* first id, IOMMU, its first id, count */
	COUNT_OFFSET = 3 * WORD,
	ALL_BITS = 0xffff,
};

/* Returns the folder of a function's root bus below a platform device, or NULL. ACPI's root buses
 * lie in /sys/devices itself, those of a VMD below a PCI function. */
static const char *root_bus_of(struct arena *arena, const struct pci_function *function)
{
	char name[sizeof("/pci4294967295:")];

	if (function->vmd || !begins_with(function->path, "/sys/devices/platform/"))
		return NULL;
	snprintf(name, sizeof(name), "/pci%04" PRIx32 ":", function->address.domain);
	const char *start = strstr(function->path, name);
	const char *end = start ? strchr(start + 1, '/') : NULL;
	return end ? arena_copy(arena, function->path, (size_t)(end - function->path)) : NULL;
}

static bool is_known(const struct device_tree *tree, const char *path)
{
	for (size_t i = 0; i < tree->map_count; i++) {
		if (strcmp(tree->maps[i].path, path) == 0)
			return true;
	}
	return false;
}

/* Returns the folder of a bridge's node, or NULL where it has none. */
static const char *node_of(struct root *root, struct arena *arena, const char *root_bus)
{
	const char *bridge =
		arena_copy(arena, root_bus, (size_t)(strrchr(root_bus, '/') - root_bus));
	const struct fact_text link =
		root_read_link(root, arena, arena_printf(arena, "%s/of_node", bridge));

	return fact_known(&link.fact) ? root_join(arena, bridge, link.text) : NULL;
}

static void add_map(struct root *root, struct arena *arena, const char *root_bus,
		    struct device_tree *tree, size_t *capacity)
{
	const char *node = node_of(root, arena, root_bus);
	struct iommu_map *maps =
		node ? arena_grow(arena, tree->maps, tree->map_count, capacity, sizeof(*maps))
		     : NULL;

	if (!maps)
		return;
	tree->maps = maps;
	maps[tree->map_count++] = (struct iommu_map){
		.path = root_bus,
		.map = root_read(root, arena, arena_printf(arena, "%s/iommu-map", node),
				 LIMIT_ATTRIBUTE),
		.mask = root_read(root, arena, arena_printf(arena, "%s/iommu-map-mask", node),
				  LIMIT_ATTRIBUTE),
	};
}

void device_tree_load(struct root *root, struct arena *arena, const struct pci *pci,
		      struct device_tree *ret)
{
	const char *last = "";
	size_t capacity = 0;

	*ret = (struct device_tree){0};
	for (size_t i = 0; i < pci->count; i++) {
		const char *root_bus = root_bus_of(arena, &pci->functions[i]);
		if (!root_bus || strcmp(root_bus, last) == 0 || is_known(ret, root_bus))
			continue;
		add_map(root, arena, root_bus, ret, &capacity);
		last = root_bus;
	}
	if (ret->map_count)
		ret->compatible = root_read(root, arena, "/sys/firmware/devicetree/base/compatible",
					    LIMIT_ATTRIBUTE);
}

const struct iommu_map *device_tree_map(const struct device_tree *tree,
					const struct pci_function *function)
{
	for (size_t i = 0; i < tree->map_count; i++) {
		if (lies_below(function->path, tree->maps[i].path))
			return &tree->maps[i];
	}
	return NULL;
}

static uint32_t word_at(const struct fact_text *text, size_t offset)
{
	const unsigned char *bytes = (const unsigned char *)text->text + offset;

	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/* Sets the bits of a requester id that count. Returns whether they are known. */
static bool read_mask(const struct iommu_map *map, uint32_t *ret)
{
	*ret = ALL_BITS;
	if (fact_absent(&map->mask.fact))
		return true;
	if (!fact_known(&map->mask.fact) || map->mask.length != WORD)
		return false;
	*ret = word_at(&map->mask, 0);
	return true;
}

enum boolean iommu_map_covers(const struct iommu_map *map, uint16_t requester_id)
{
	const struct fact_text *text = &map->map;
	uint32_t mask;

	if (fact_absent(&text->fact))
		return BOOLEAN_NO;
	if (!fact_known(&text->fact) || !text->length || text->length % RANGE ||
	    !read_mask(map, &mask))
		return BOOLEAN_UNKNOWN;
	for (size_t at = 0; at < text->length; at += RANGE) {
		uint32_t first = word_at(text, at), id = requester_id & mask;
		if (id >= first && id - first < word_at(text, at + COUNT_OFFSET))
			return BOOLEAN_YES;
	}
	return BOOLEAN_NO;
}

bool device_tree_is(const struct device_tree *tree, const char *name)
{
	const struct fact_text *text = &tree->compatible;

	for (size_t at = 0; fact_known(&text->fact) && at < text->length;
	     at += strlen(text->text + at) + 1) {
		if (strcmp(text->text + at, name) == 0)
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/device_tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/base/affix.h"

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

static const char *folder_above(struct arena *arena, const char *path)
{
	return arena_copy(arena, path, (size_t)(strrchr(path, '/') - path));
}

/* Returns the folder of a device's node, or NULL where it has none that was seen; sets whether it
 * was. */
static const char *node_of(struct root *root, struct arena *arena, const char *device,
			   struct fact *ret)
{
	const struct fact_text link =
		root_read_link(root, arena, arena_printf(arena, "%s/of_node", device));

	*ret = link.fact;
	return fact_known(&link.fact) ? root_join(arena, device, link.text) : NULL;
}

/* Sets what a property without a value tells where the node has it, or it was not read. */
static bool settles(struct root *root, struct arena *arena, const char *node, const char *property,
		    enum boolean meaning, struct node_coherency *ret)
{
	const struct fact_text text = root_read(
		root, arena, arena_printf(arena, "%s/%s", node, property), LIMIT_ATTRIBUTE);

	ret->evidence = text.fact;
	ret->coherent = fact_known(&text.fact) ? meaning : BOOLEAN_UNKNOWN;
	return !fact_absent(&text.fact);
}

/* of_dma_is_coherent() of drivers/of/address.c: a node has it from those above, and where none says
 * so, devices of Arm's processors are not coherent. */
static struct node_coherency coherency_of(struct root *root, struct arena *arena, const char *node)
{
	static const char base[] = "/sys/firmware/devicetree/base";
	struct node_coherency found, none = {.coherent = BOOLEAN_UNKNOWN};

	for (; begins_with(node, base); node = folder_above(arena, node)) {
		if (settles(root, arena, node, "dma-coherent", BOOLEAN_YES, &found))
			return found;
		if (none.coherent == BOOLEAN_UNKNOWN)
			none = (struct node_coherency){BOOLEAN_NO, found.evidence};
		if (settles(root, arena, node, "dma-noncoherent", BOOLEAN_NO, &found))
			return found;
	}
	return none;
}

static void add_map(struct root *root, struct arena *arena, const char *root_bus,
		    struct device_tree *tree, size_t *capacity)
{
	struct fact link;
	const char *node = node_of(root, arena, folder_above(arena, root_bus), &link);
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

/* Returns whether the tree has, or may have, a node of the unit. */
static bool load_smmu(struct root *root, struct arena *arena, const struct device_tree *tree,
		      const struct iommu_unit *unit, struct tree_smmu *ret)
{
	/* DEVICE/iommu/NAME: iommu_device_sysfs_add() */
	const char *device = folder_above(arena, folder_above(arena, unit->path));
	struct fact link;
	const char *node = node_of(root, arena, device, &link);

	*ret = (struct tree_smmu){.name = unit->name, .coherency.evidence = link};
	if (node)
		ret->coherency = coherency_of(root, arena, node);
	return !fact_absent(&link) || tree->map_count;
}

bool tree_smmu_asks_functions(const struct tree_smmu *smmu)
{
	return begins_with(smmu->name, "smmu.");
}

/* pci_set_of_node(): a function has a node where the tree describes it by itself, and it has no
 * part in that of its bridge otherwise. */
static struct node_coherency own_coherency(struct root *root, struct arena *arena,
					   const struct pci_function *function)
{
	struct fact link;
	const char *node = node_of(root, arena, function->path, &link);

	if (node)
		return coherency_of(root, arena, node);
	return (struct node_coherency){fact_absent(&link) ? BOOLEAN_NO : BOOLEAN_UNKNOWN, link};
}

static void load_own(struct root *root, struct arena *arena, const struct pci *pci,
		     struct device_tree *tree)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		const struct tree_smmu *smmu =
			fact_known(&function->iommu.fact)
				? device_tree_smmu(tree, function->iommu.text)
				: NULL;
		if (!smmu || smmu->coherency.coherent == BOOLEAN_YES ||
		    !tree_smmu_asks_functions(smmu))
			continue;
		if (!tree->own)
			tree->own = arena_array(arena, pci->count, sizeof(*tree->own));
		if (tree->own)
			tree->own[i] = own_coherency(root, arena, function);
	}
}

void device_tree_load_smmus(struct root *root, struct arena *arena, const struct pci *pci,
			    const struct iommu_units *units, struct device_tree *tree)
{
	if (!units->count)
		return;
	tree->smmus = arena_array(arena, units->count, sizeof(*tree->smmus));
	if (!tree->smmus)
		return;
	for (size_t i = 0; i < units->count; i++) {
		const struct iommu_unit *unit = &units->units[i];
		struct tree_smmu *smmu = &tree->smmus[tree->smmu_count];
		if (unit->kind != IOMMU_SMMU)
			continue;
		if (begins_with(unit->path, "/sys/devices/platform/"))
			tree->smmu_count += load_smmu(root, arena, tree, unit, smmu);
		else
			tree->smmus[tree->smmu_count++] = (struct tree_smmu){
				.name = unit->name, .coherency.evidence = units->fact};
	}
	load_own(root, arena, pci, tree);
}

const struct tree_smmu *device_tree_smmu(const struct device_tree *tree, const char *name)
{
	for (size_t i = 0; i < tree->smmu_count; i++) {
		if (strcmp(tree->smmus[i].name, name) == 0)
			return &tree->smmus[i];
	}
	return NULL;
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

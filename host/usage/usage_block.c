/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage_block.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/usage/usage_network.h"

#define CLASS_BLOCK    "/sys/class/block"
#define DEV_BLOCK      "/sys/dev/block"
#define NVME_SUBSYSTEM "/sys/devices/virtual/nvme-subsystem/"

static void follow_block(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *path, unsigned layers);

/* Follows each device that the one at path is made of. Returns whether there are such. */
static bool follow_slaves(struct usage_loader *loader, const struct usage_entry *entry,
			  const char *path, unsigned layers)
{
	struct fact_list slaves = root_list(loader->root, loader->arena,
					    arena_printf(loader->arena, "%s/slaves", path));

	for (size_t i = 0; i < slaves.count; i++) {
		const char *slave = usage_resolve(loader, entry, CLASS_BLOCK, slaves.names[i]);
		if (slave)
			follow_block(loader, entry, slave, layers + 1);
	}
	return slaves.count > 0;
}

/* With NVMe multipath a namespace belongs to a subsystem, and that has links to controllers. */
static void follow_subsystem(struct usage_loader *loader, const struct usage_entry *entry,
			     const char *path)
{
	const char *name = path + strlen(NVME_SUBSYSTEM);
	const char *folder = arena_printf(loader->arena, "%s%.*s", NVME_SUBSYSTEM,
					  (int)strcspn(name, "/"), name);
	struct fact_list members = root_list(loader->root, loader->arena, folder);
	struct usage_entry leaf = *entry;
	bool found = false;

	for (size_t i = 0; i < members.count; i++) {
		const char *member = members.names[i];
		/* "nvme0", not "nvme0n1" */
		if (!begins_with(member, "nvme") || strchr(member + 4, 'n') || strchr(member, '-'))
			continue;
		leaf.path = usage_resolve(loader, entry, folder, member);
		if (!leaf.path)
			continue;
		found = true;
		if (!usage_follow_network_disk(loader, entry, leaf.path))
			usage_add(loader, &leaf);
	}
	if (!found)
		usage_add_gap(loader, entry, "its NVMe subsystem shows no controller");
}

bool usage_is_no_hardware(const char *name)
{
	return begins_with(name, "loop") || begins_with(name, "zram") || begins_with(name, "ram");
}

/* A partition of a virtual device lies in that one's folder, which has the slaves. */
static bool follow_parent_slaves(struct usage_loader *loader, const struct usage_entry *entry,
				 const char *path, unsigned layers)
{
	size_t length = (size_t)(last_part(path) - path - 1);

	return follow_slaves(loader, entry, arena_copy(loader->arena, path, length), layers);
}

static void follow_block(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *path, unsigned layers)
{
	struct usage_entry leaf = *entry;

	if (!usage_visit(loader, layers)) {
		usage_add_gap(loader, entry, "it lies on too many layers of devices");
		return;
	}
	if (begins_with(path, NVME_SUBSYSTEM)) {
		follow_subsystem(loader, entry, path);
		return;
	}
	if (usage_follow_network_disk(loader, entry, path))
		return;
	if (!begins_with(path, "/sys/devices/virtual/")) {
		leaf.path = path;
		usage_add(loader, &leaf);
		return;
	}
	if (usage_is_no_hardware(last_part(path)) || follow_slaves(loader, entry, path, layers) ||
	    follow_parent_slaves(loader, entry, path, layers))
		return;
	usage_add_gap(loader, entry,
		      arena_printf(loader->arena, "%s shows no device beneath", last_part(path)));
}

void usage_follow_folder(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *path)
{
	follow_block(loader, entry, path, 0);
}

void usage_follow_link(struct usage_loader *loader, const struct usage_entry *entry,
		       const char *folder, const char *name)
{
	const char *path = usage_resolve(loader, entry, folder, name);

	if (path)
		follow_block(loader, entry, path, 0);
}

void usage_follow_number(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *number)
{
	struct usage_entry named = *entry;
	const char *path = usage_resolve(loader, entry, DEV_BLOCK, number);

	if (!path)
		return;
	named.through = last_part(path);
	follow_block(loader, &named, path, 0);
}

/* The name of the device-mapper device that /dev/mapper calls by another, or NULL. */
static const char *find_mapped(struct usage_loader *loader, const char *name)
{
	struct fact_list blocks = root_list(loader->root, loader->arena, CLASS_BLOCK);

	for (size_t i = 0; i < blocks.count; i++) {
		if (!begins_with(blocks.names[i], "dm-"))
			continue;
		struct fact_text given = root_read_line(
			loader->root, loader->arena,
			arena_printf(loader->arena, CLASS_BLOCK "/%s/dm/name", blocks.names[i]));
		if (fact_text_is(&given, name))
			return blocks.names[i];
	}
	return NULL;
}

const char *usage_name_of_node(struct usage_loader *loader, const char *node)
{
	return begins_with(node, "/dev/mapper/")
		       ? find_mapped(loader, last_part(node))
		       : arena_printf(loader->arena, "%s", last_part(node));
}

void usage_follow_node(struct usage_loader *loader, const struct usage_entry *entry,
		       const char *node)
{
	struct usage_entry named = *entry;

	named.through = usage_name_of_node(loader, node);
	if (named.through)
		usage_follow_link(loader, &named, CLASS_BLOCK, named.through);
	else
		usage_add_gap(loader, entry, "no device-mapper device has its name");
}

static bool has_block_gap(const struct usage *usage)
{
	for (size_t i = 0; i < usage->gap_count; i++) {
		if (usage->gaps[i].kind == USAGE_MOUNT || usage->gaps[i].kind == USAGE_SWAP)
			return true;
	}
	return false;
}

static bool is_on_hardware(const char *path)
{
	return !begins_with(path, "/sys/devices/virtual/") || begins_with(path, NVME_SUBSYSTEM);
}

/* The entries that come in are taken off the uses again. */
void usage_load_carriers(struct usage_loader *loader)
{
	struct usage *usage = loader->usage;
	const struct usage_entry entry = {.kind = USAGE_HELD, .source = CLASS_BLOCK};
	size_t before = usage->count, gaps = usage->gap_count;

	if (!has_block_gap(usage))
		return;
	struct fact_list names = root_list(loader->root, loader->arena, CLASS_BLOCK);
	for (size_t i = 0; i < names.count; i++) {
		const char *path = usage_resolve(loader, &entry, CLASS_BLOCK, names.names[i]);
		if (path && is_on_hardware(path))
			follow_block(loader, &entry, path, 0);
	}
	usage->carriers_whole = fact_known(&names.fact) && usage->gap_count == gaps;
	usage->carrier_count = usage->count - before;
	usage->carriers =
		arena_array(loader->arena, usage->carrier_count + 1, sizeof(*usage->carriers));
	for (size_t i = 0; usage->carriers && i < usage->carrier_count; i++)
		usage->carriers[i] = usage->entries[before + i].path;
	usage->count = before;
	usage->gap_count = gaps;
}

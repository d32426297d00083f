/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage_members.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/usage/usage_block.h"

#define BTRFS       "/sys/fs/btrfs"
#define CLASS_BLOCK "/sys/class/block"
#define UDEV_BLOCK  "/run/udev/data/b"

/* Has a folder of each pool that is imported: module/os/linux/spl/spl-kstat.c of OpenZFS. */
#define IMPORTED_POOLS "/proc/spl/kstat/zfs"

enum { MOST_BTRFS = 256 /* file systems that are mounted */ };

/* A block device that is a member of a pool of ZFS. */
struct pool_member {
	const char *name;
	const char *pool;
};

struct pool_members {
	struct pool_member *members;
	size_t count;
	bool whole; /* the record of each block device was read */
};

/* Returns the folder with links to all devices of the Btrfs file system that has a device of that
 * name, and lists it; NULL where that was not found. */
static const char *find_btrfs(struct usage_loader *loader, const char *name, struct fact_list *ret)
{
	struct fact_list systems = root_list(loader->root, loader->arena, BTRFS);

	for (size_t i = 0; i < systems.count && i < MOST_BTRFS; i++) {
		const char *folder =
			arena_printf(loader->arena, BTRFS "/%s/devices", systems.names[i]);
		struct fact_list devices = root_list(loader->root, loader->arena, folder);
		if (fact_list_find(&devices, name)) {
			*ret = devices;
			return folder;
		}
	}
	return NULL;
}

static void follow_btrfs(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *node)
{
	struct usage_entry member = *entry;
	struct fact_list devices;
	const char *own = usage_name_of_node(loader, node);
	const char *folder = own ? find_btrfs(loader, own, &devices) : NULL;

	if (!folder) {
		usage_follow_node(loader, entry, node);
		usage_add_gap(loader, entry, "whether Btrfs has it on more devices was not read");
		return;
	}
	for (size_t i = 0; i < devices.count; i++) {
		member.through = devices.names[i];
		usage_follow_link(loader, &member, folder, devices.names[i]);
	}
}

/* "/dev/sda:/dev/sdb" */
static void follow_bcachefs(struct usage_loader *loader, const struct usage_entry *entry,
			    const char *nodes)
{
	char *copy = arena_copy(loader->arena, nodes, strlen(nodes)), *save = NULL;

	for (char *node = strtok_r(copy, ":", &save); node; node = strtok_r(NULL, ":", &save))
		usage_follow_node(loader, entry, node);
}

int usage_pool_length(const char *set)
{
	return (int)strcspn(set, "/");
}

bool usage_same_pool(const char *a, const char *b)
{
	int length = usage_pool_length(a);

	return length == usage_pool_length(b) && strncmp(a, b, (size_t)length) == 0;
}

/* Returns the name of the pool that a block device is a member of by udev's record, or NULL. */
static const char *pool_of(struct arena *arena, const struct fact_text *record)
{
	static const char type[] = "E:ID_FS_TYPE=zfs_member", label[] = "E:ID_FS_LABEL=";
	const size_t prefix = sizeof(label) - 1;
	const char *pool = NULL;
	struct fact_line line;
	size_t offset = 0;
	bool member = false;

	while (fact_next_line(record, &offset, &line)) {
		member |= line.length == sizeof(type) - 1 &&
			  memcmp(line.text, type, line.length) == 0;
		if (line.length > prefix && memcmp(line.text, label, prefix) == 0)
			pool = arena_copy(arena, line.text + prefix, line.length - prefix);
	}
	return member ? pool : NULL;
}

/* Volumes of a pool may hold pools of guests. */
static bool may_be_member(const char *name)
{
	return !usage_is_no_hardware(name) && !begins_with(name, "zd");
}

/* Returns udev's record of a block device. */
static struct fact_text read_record(struct usage_loader *loader, const char *name)
{
	struct fact_text number =
		root_read_line(loader->root, loader->arena,
			       arena_printf(loader->arena, CLASS_BLOCK "/%s/dev", name));

	if (!fact_known(&number.fact))
		return number;
	return root_read(loader->root, loader->arena,
			 arena_printf(loader->arena, UDEV_BLOCK "%s", number.text), LIMIT_FILE);
}

/* Finds the members of all pools: the records are read once, however many pools are mounted. */
static const struct pool_members *load_members(struct usage_loader *loader)
{
	struct fact_list names = root_list(loader->root, loader->arena, CLASS_BLOCK);
	struct pool_members *found = arena_alloc(loader->arena, sizeof(*found));
	struct pool_member *members = arena_array(loader->arena, names.count + 1, sizeof(*members));

	if (!found || !members)
		return NULL;
	*found = (struct pool_members){.members = members, .whole = fact_known(&names.fact)};
	for (size_t i = 0; i < names.count; i++) {
		if (!may_be_member(names.names[i]))
			continue;
		struct fact_text record = read_record(loader, names.names[i]);
		const char *pool = pool_of(loader->arena, &record);
		found->whole &= fact_known(&record.fact);
		if (pool)
			members[found->count++] = (struct pool_member){names.names[i], pool};
	}
	return found;
}

static const struct pool_members *members_of_pools(struct usage_loader *loader)
{
	if (!loader->pools)
		loader->pools = load_members(loader);
	return loader->pools;
}

static void follow_zfs(struct usage_loader *loader, const struct usage_entry *entry,
		       const char *set)
{
	struct usage_entry member = *entry;
	bool found = false;

	const struct pool_members *pools = members_of_pools(loader);
	for (size_t i = 0; pools && i < pools->count; i++) {
		if (!usage_same_pool(pools->members[i].pool, set))
			continue;
		found = true;
		member.through = pools->members[i].name;
		usage_follow_link(loader, &member, CLASS_BLOCK, member.through);
	}
	if (!found || !pools->whole)
		usage_add_gap(loader, entry, "ZFS does not say on which devices it lies");
}

/* What is mounted was followed already; gaps are of what the host needs alone. */
void usage_load_pools(struct usage_loader *loader)
{
	struct fact_list imported = root_list(loader->root, loader->arena, IMPORTED_POOLS);
	struct usage_entry entry = {.kind = USAGE_HELD, .source = IMPORTED_POOLS};
	size_t gaps = loader->usage->gap_count;

	if (!fact_known(&imported.fact))
		return;
	const struct fact_list followed = usage_followed(loader);
	const struct pool_members *pools = members_of_pools(loader);
	for (size_t i = 0; pools && i < pools->count; i++) {
		const struct pool_member *member = &pools->members[i];
		if (!fact_list_find(&imported, member->pool) ||
		    fact_list_find(&followed, member->name))
			continue;
		entry.what = member->pool;
		entry.through = member->name;
		usage_follow_link(loader, &entry, CLASS_BLOCK, member->name);
	}
	loader->usage->gap_count = gaps;
}

/* File systems that a machine shares with its guests, and the virtio driver of each. */
static const struct share {
	const char *type;
	const char *driver;
	bool has_instances; /* in /sys/fs, with the number of the device, that have the tag */
} shares[] = {
	{"virtiofs", "/sys/bus/virtio/drivers/virtiofs", true},
	{"9p", "/sys/bus/virtio/drivers/9pnet_virtio", false},
};

static const struct share *find_share(const char *type)
{
	for (size_t i = 0; i < ARRAY_LENGTH(shares); i++) {
		if (strcmp(type, shares[i].type) == 0)
			return &shares[i];
	}
	return NULL;
}

bool usage_is_share(const char *type)
{
	return find_share(type);
}

/* virtio_fs_add_instance() of fs/fuse/virtio_fs.c, from 6.9 on; mount_tag_show() of
 * net/9p/trans_virtio.c. */
static bool has_tag(struct usage_loader *loader, const struct share *share, const char *device,
		    const char *tag)
{
	const char *folder = arena_path(loader->arena, share->driver, device);
	const char *number = device + strlen("virtio");
	struct fact_text text = root_read_line(
		loader->root, loader->arena,
		share->has_instances
			? arena_printf(loader->arena, "/sys/fs/virtiofs/%s/tag", number)
			: arena_path(loader->arena, folder, "mount_tag"));

	return fact_text_is(&text, tag);
}

/* The virtio devices of a driver: a folder of a driver also has the files bind and the like. */
static struct fact_list list_devices(struct usage_loader *loader, const struct share *share)
{
	struct fact_list list = root_list(loader->root, loader->arena, share->driver);
	const char **names = arena_array(loader->arena, list.count + 1, sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; names && i < list.count; i++) {
		if (begins_with(list.names[i], "virtio"))
			names[count++] = list.names[i];
	}
	return (struct fact_list){list.fact, names, count};
}

/* Returns the virtio device with that tag, which need not be asked where there is but one; NULL:
 * none was found. */
static const char *find_shared(struct usage_loader *loader, const struct share *share,
			       const struct fact_list *devices, const char *tag)
{
	if (devices->count == 1)
		return devices->names[0];
	for (size_t i = 0; i < devices->count; i++) {
		if (has_tag(loader, share, devices->names[i], tag))
			return devices->names[i];
	}
	return NULL;
}

/* 9p also comes by other ways than virtio (a file of WSL, TCP): then no device has it. */
static void follow_share(struct usage_loader *loader, const struct usage_entry *entry,
			 const struct share *share, const char *tag)
{
	struct fact_list devices = list_devices(loader, share);
	struct usage_entry leaf = *entry;

	if (fact_settled(&devices.fact) && !devices.count)
		return;
	leaf.through = find_shared(loader, share, &devices, tag);
	leaf.path = leaf.through ? usage_path_of(loader, share->driver, leaf.through) : NULL;
	if (leaf.path)
		usage_add(loader, &leaf);
	else
		usage_add_gap(loader, entry,
			      arena_printf(loader->arena, "which virtio device has %s is not known",
					   share->type));
}

void usage_follow_source(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *type, const char *source)
{
	const struct share *share = find_share(type);

	if (share)
		follow_share(loader, entry, share, source);
	else if (strcmp(type, "zfs") == 0)
		follow_zfs(loader, entry, source);
	else if (!begins_with(source, "/dev/"))
		usage_add_gap(loader, entry,
			      arena_printf(loader->arena,
					   "%s does not say on which devices it lies", type));
	else if (strcmp(type, "btrfs") == 0)
		follow_btrfs(loader, entry, source);
	else if (strcmp(type, "bcachefs") == 0)
		follow_bcachefs(loader, entry, source);
	else
		usage_follow_node(loader, entry, source);
}

bool usage_members_cover(const char *path)
{
	return begins_with(path, UDEV_BLOCK);
}

const char *usage_members_trim(struct arena *arena, const struct fact_text *text)
{
	const char *pool = pool_of(arena, text);

	return pool ? arena_printf(arena, "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=%s\n", pool) : "";
}

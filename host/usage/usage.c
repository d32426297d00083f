/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage.h"

#include <stdio.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/usage/bmc_link.h"
#include "host/usage/usage_block.h"
#include "host/usage/usage_devices.h"
#include "host/usage/usage_members.h"
#include "host/usage/usage_network.h"
#include "host/usage/usage_routes.h"

#define CLASS_NET "/sys/class/net"
#define MOUNTS    "/proc/self/mountinfo"
#define SWAPS     "/proc/swaps"

enum { MOST_MOUNTS = 1024, LONGEST_FIELD = 256 };

/* A line of mountinfo: proc_pid_mountinfo(5). */
struct mount {
	char device[24];
	char point[LONGEST_FIELD];
	char type[32];
	char source[LONGEST_FIELD];
	bool connected;              /* 9p of another machine */
	char address[LONGEST_FIELD]; /* of the machine that it comes from; "": not known */
};

/* 9p comes by virtio, by a socket or file of this machine, or by a network: then its source is an
 * address. p9_show_client_options(), net/9p/client.c. */
static bool is_connected(const struct mount *mount, const char *options)
{
	size_t length = 0;
	const char *way = value_in_list(options, "trans=", &length);

	return strcmp(mount->type, "9p") == 0 && way &&
	       ((length == strlen("tcp") && begins_with(way, "tcp")) ||
		(length == strlen("rdma") && begins_with(way, "rdma")));
}

/* "rw,vers=4.2,addr=192.168.1.5": nfs(5), mount.cifs(8). */
static void read_options(struct mount *mount, const char *options)
{
	size_t length = 0;
	const char *address = value_in_list(options, "addr=", &length);

	mount->connected = is_connected(mount, options);
	if (!address && mount->connected) {
		address = mount->source;
		length = strlen(address);
	}
	if (!address || length >= sizeof(mount->address))
		length = 0;
	memcpy(mount->address, address ? address : "", length);
	mount->address[length] = '\0';
}

static bool parse_mount(const char *line, struct mount *ret)
{
	const char *separator = strstr(line, " - ");
	int end = 0;

	if (!separator || sscanf(line, "%*u %*u %23s %*255s %255s", ret->device, ret->point) != 2 ||
	    sscanf(separator, " - %31s %255s %n", ret->type, ret->source, &end) != 2)
		return false;
	read_options(ret, end ? separator + end : "");
	return true;
}

/* File systems that lie on no device of this host, or on files that are counted where they lie. */
static bool has_no_device(const struct mount *mount)
{
	static const char *const beneath[] = {"btrfs", "zfs", "bcachefs", "overlay"};

	if (strncmp(mount->device, "0:", 2) != 0 || usage_is_share(mount->type))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(beneath); i++) {
		if (strcmp(mount->type, beneath[i]) == 0)
			return false;
	}
	return true;
}

/* A file system of another machine. */
static bool is_of_network(const struct mount *mount)
{
	static const char *const types[] = {"nfs",  "nfs4", "cifs",
					    "smb3", "ceph", "fuse.glusterfs"};

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
		if (strcmp(mount->type, types[i]) == 0)
			return true;
	}
	return mount->connected;
}

static bool is_root(const struct mount *mount)
{
	return strcmp(mount->point, "/") == 0;
}

/* Which mounts stand for the same device; the shortest path to it names it. */
struct mounts {
	struct mount *mounts;
	size_t count;
};

static bool is_overlaid_elsewhere(const struct mount *mount)
{
	return strcmp(mount->type, "overlay") == 0 && strcmp(mount->point, "/") != 0;
}

/* A pool of ZFS has a device number and a source for each of its data sets. */
static bool is_same_device(const struct mount *a, const struct mount *b)
{
	if (strcmp(a->type, "zfs") == 0 && strcmp(b->type, "zfs") == 0)
		return usage_same_pool(a->source, b->source);
	return strcmp(a->device, b->device) == 0 && strcmp(a->source, b->source) == 0;
}

static void note_mount(struct mounts *mounts, const struct mount *mount)
{
	for (size_t i = 0; i < mounts->count; i++) {
		struct mount *known = &mounts->mounts[i];
		if (!is_same_device(known, mount))
			continue;
		if (strlen(mount->point) < strlen(known->point))
			*known = *mount;
		return;
	}
	if (mounts->count < MOST_MOUNTS)
		mounts->mounts[mounts->count++] = *mount;
}

static void follow_mount(struct usage_loader *loader, const struct mount *mount)
{
	struct usage_entry entry = {
		.kind = USAGE_MOUNT,
		.what = arena_printf(loader->arena, "%s", mount->point),
		.source = MOUNTS,
	};

	if (is_of_network(mount)) {
		usage_follow_network(loader, &entry, "of the network", mount->address);
		return;
	}
	if (strlen(mount->source) == LONGEST_FIELD - 1)
		usage_add_gap(loader, &entry, "it lies on too many devices");
	if (strncmp(mount->device, "0:", 2) != 0)
		usage_follow_number(loader, &entry, mount->device);
	else
		usage_follow_source(loader, &entry, mount->type, mount->source);
}

/* The kernel ends each line, also the last one: what ends otherwise was cut short. */
static bool is_whole(const struct fact_text *text)
{
	return text->length == 0 || text->text[text->length - 1] == '\n';
}

static struct fact malformed(const struct fact_text *text)
{
	return (struct fact){.state = FACT_MALFORMED, .source = text->fact.source};
}

/*
 * In a chroot and in some containers the list lacks what the host itself has mounted. An empty one
 * in a tree is of a host without: a capture keeps the line of its root.
 */
static void expect_root(struct usage_loader *loader, const struct fact_text *text, bool found)
{
	const struct usage_entry entry = {.kind = USAGE_MOUNT, .what = "/", .source = MOUNTS};

	if (!found && (text->length > 0 || !root_is_captured(loader->root)))
		usage_add_gap(loader, &entry, "the list of mounts does not have it");
}

static struct fact load_mounts(struct usage_loader *loader)
{
	struct fact_text text = root_read(loader->root, loader->arena, MOUNTS, LIMIT_FILE);
	struct mounts mounts = {arena_array(loader->arena, MOST_MOUNTS, sizeof(*mounts.mounts)), 0};
	bool whole = is_whole(&text), found = false;
	char *save = NULL;

	if (!fact_known(&text.fact) || !mounts.mounts)
		return text.fact;
	char *lines = arena_copy(loader->arena, text.text, text.length);
	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct mount mount;
		whole &= strstr(line, " - ") != NULL;
		if (!parse_mount(line, &mount))
			continue;
		found |= is_root(&mount);
		if (is_of_network(&mount) ||
		    (!has_no_device(&mount) && !is_overlaid_elsewhere(&mount)))
			note_mount(&mounts, &mount);
	}
	expect_root(loader, &text, found);
	for (size_t i = 0; i < mounts.count; i++)
		follow_mount(loader, &mounts.mounts[i]);
	return whole ? text.fact : malformed(&text);
}

/* "Filename Type Size Used Priority", a partition or a file; files lie on mounts. */
static bool parse_swap(const char *line, char name[static LONGEST_FIELD])
{
	char type[32];

	return sscanf(line, "%255s %31s", name, type) == 2 && strcmp(type, "partition") == 0;
}

/* Finds the interface of a default route. */
static bool parse_route(const char *line, char name[static LONGEST_FIELD])
{
	struct usage_route route;

	if (!usage_route_parse(line, &route) || !usage_route_is_default(&route))
		return false;
	snprintf(name, LONGEST_FIELD, "%s", route.name);
	return true;
}

/* Finds the name of a device in a line of a file. */
typedef bool line_parser(const char *line, char name[static LONGEST_FIELD]);

/* Follows a device to hardware, for an entry made after the one given. */
typedef void follower(struct usage_loader *loader, const struct usage_entry *entry,
		      const char *name);

/* Follows what the lines of the entry's source name. */
static struct fact load_lines(struct usage_loader *loader, const struct usage_entry *entry,
			      size_t limit, line_parser *parse, follower *follow)
{
	struct fact_text text = root_read(loader->root, loader->arena, entry->source, limit);
	char *save = NULL;

	if (!fact_known(&text.fact))
		return text.fact;
	char *lines = arena_copy(loader->arena, text.text, text.length);
	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char name[LONGEST_FIELD];
		if (parse(line, name))
			follow(loader, entry, name);
	}
	return is_whole(&text) ? text.fact : malformed(&text);
}

static struct fact load_swaps(struct usage_loader *loader)
{
	const struct usage_entry entry = {.kind = USAGE_SWAP, .what = "swap", .source = SWAPS};

	return load_lines(loader, &entry, LIMIT_ATTRIBUTE, parse_swap, usage_follow_node);
}

static struct fact load_routes(struct usage_loader *loader, const char *path)
{
	const struct usage_entry entry = {
		.kind = USAGE_ROUTE, .what = "default route", .source = path};

	return load_lines(loader, &entry, LIMIT_FILE, parse_route, usage_follow_interface);
}

static void note_unread_link(struct usage_loader *loader, const struct pci_function *function,
			     const struct fact *fact)
{
	struct usage *usage = loader->usage;

	usage_note_unread(loader, &usage->unread_links, &usage->unread_link_count,
			  &loader->link_capacity, function, fact);
}

static void note_idle(struct usage_loader *loader, const struct pci_function *function,
		      const char *folder, const char *name)
{
	struct usage *usage = loader->usage;
	bool set_up;

	if (!usage_read_set_up(loader, folder, &set_up))
		return;
	struct usage_idle *grown = arena_grow(loader->arena, usage->idle, usage->idle_count,
					      &loader->idle_capacity, sizeof(*grown));
	if (!grown)
		return;
	usage->idle = grown;
	grown[usage->idle_count++] = (struct usage_idle){function, name, set_up};
}

/* Returns what tells whether the link is up. */
static struct fact load_link(struct usage_loader *loader, const char *folder, const char *name,
			     const struct fact *unsure, bool *ret_up)
{
	const struct fact_text state = usage_read_link(loader, folder, ret_up);

	if (*ret_up)
		usage_add(loader, &(struct usage_entry){.kind = USAGE_LINK_UP,
							.what = name,
							.through = name,
							.path = folder,
							.source = state.fact.source,
							.unsure = unsure});
	return state.fact;
}

static void load_own_link(struct usage_loader *loader, const struct pci_function *function,
			  const char *name)
{
	const char *folder = arena_path(loader->arena, function->netdevs.fact.source, name);
	bool up;
	const struct fact fact = load_link(loader, folder, name, NULL, &up);

	if (!fact_known(&fact))
		note_unread_link(loader, function, &fact);
	else if (!up)
		note_idle(loader, function, folder, name);
}

/* Whose links are up; those of VFs follow their PF's. By the folder of the interface, not the link
 * of CLASS_NET: that may not have been captured. */
static void load_links(struct usage_loader *loader, const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		const struct fact_list *names = &function->netdevs;
		if (pci_is_vf(function))
			continue;
		if (!fact_settled(&names->fact))
			note_unread_link(loader, function, &names->fact);
		for (size_t j = 0; j < names->count; j++)
			load_own_link(loader, function, names->names[j]);
	}
}

/* Whether the folder of an interface, "…/0000:01:00.0/net/eth0", is that of a function itself. */
static bool is_of_function(struct arena *arena, const char *folder)
{
	const char *end = strstr(folder, "/net/");
	struct pci_address address;

	return end &&
	       pci_address_parse(last_part(arena_copy(arena, folder, (size_t)(end - folder))),
				 &address) == 0;
}

/* Notes the link as unread on the function that it is upon, if it is upon one. */
static void load_other_link(struct usage_loader *loader, const struct pci *pci, const char *folder,
			    const char *name, const struct fact *unsure)
{
	bool up;
	struct fact fact = load_link(loader, folder, name, unsure, &up);
	const struct pci_function *function = pci_find_path(pci, loader->arena, folder);

	if (function && !fact_known(&fact))
		note_unread_link(loader, function, &fact);
}

/* Links upon a bus of a function (USB, virtio, Thunderbolt's network) or of no function at all. By
 * that to its management controller the host reaches nothing else. */
static void load_other_links(struct usage_loader *loader, const struct pci *pci)
{
	struct fact_list names = root_list(loader->root, loader->arena, CLASS_NET);
	struct host_interfaces *interfaces = arena_alloc(loader->arena, sizeof(*interfaces));

	if (!interfaces)
		return;
	*interfaces = (struct host_interfaces){.count = 0};
	for (size_t i = 0; i < names.count; i++) {
		const char *folder = usage_path_of(loader, CLASS_NET, names.names[i]);
		if (folder && !begins_with(folder, "/sys/devices/virtual/") &&
		    !is_of_function(loader->arena, folder) &&
		    !bmc_link_is(loader->root, loader->arena, folder, interfaces))
			load_other_link(loader, pci, folder, names.names[i],
					bmc_link_doubt(folder, interfaces));
	}
}

/* "tty0 ttyS0": the virtual terminals show on framebuffers. */
static void load_consoles(struct usage_loader *loader)
{
	static const char source[] = "/sys/class/tty/console/active";
	struct fact_text text = root_read_line(loader->root, loader->arena, source);
	char *save = NULL;

	if (!fact_known(&text.fact))
		return;
	char *words = arena_copy(loader->arena, text.text, text.length);
	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (begins_with(word, "ttyS") && !strchr(word, '/'))
			usage_add(loader, &(struct usage_entry){.kind = USAGE_CONSOLE,
								.what = word,
								.through = word,
								.path = root_entry_path(
									loader->root, loader->arena,
									"/sys/class/tty", word),
								.source = source});
	}
}

static void load_framebuffers(struct usage_loader *loader)
{
	static const char folder[] = "/sys/class/graphics";
	struct fact_list list = root_list(loader->root, loader->arena, folder);

	for (size_t i = 0; i < list.count; i++) {
		const char *name = list.names[i];
		if (strncmp(name, "fb", 2) != 0 || strcmp(name, "fbcon") == 0)
			continue;
		usage_add(loader,
			  &(struct usage_entry){.kind = USAGE_FRAMEBUFFER,
						.what = name,
						.through = name,
						.path = root_entry_path(loader->root, loader->arena,
									folder, name),
						.source = folder});
	}
}

void usage_load(struct root *root, struct arena *arena, const struct pci *pci,
		const struct device_users *users, struct usage *ret)
{
	struct usage_loader loader = {.root = root, .arena = arena, .usage = ret};

	*ret = (struct usage){0};
	ret->mounts = load_mounts(&loader);
	ret->swaps = load_swaps(&loader);
	usage_load_carriers(&loader);
	ret->routes = load_routes(&loader, USAGE_ROUTES_IPV4);
	ret->routes6 = load_routes(&loader, USAGE_ROUTES_IPV6);
	load_links(&loader, pci);
	load_other_links(&loader, pci);
	usage_sort_links(ret->unread_links, ret->unread_link_count);
	load_consoles(&loader);
	load_framebuffers(&loader);
	usage_load_pools(&loader);
	usage_load_devices(&loader, pci);
	usage_load_opened(&loader, pci, users);
}

/* Mount points that any host has; others may be names of people and projects. */
static const char *public_point(const char *point)
{
	static const char *const public[] = {"/",    "/boot", "/boot/efi", "/efi",
					     "/usr", "/var",  "/home",     "/nix"};

	for (size_t i = 0; i < ARRAY_LENGTH(public); i++) {
		if (strcmp(point, public[i]) == 0)
			return point;
	}
	return "/redacted";
}

/* Where there is a number, the name of the device is not asked for: it may be that of the host. */
static const char *kept_source(const struct mount *mount)
{
	return begins_with(mount->device, "0:") && begins_with(mount->source, "/dev/")
		       ? mount->source
		       : "redacted";
}

/* What is left of mounts of which none counts: an empty list is of a host without any. */
#define OTHER_MOUNT "0 0 0:0 / /redacted rw - none redacted rw\n"

/* Lines on their way into a capture. */
struct trimming {
	struct buffer lines;
	const struct usage_routes *routes;
};

/* Of options, by which interfaces the machine is reached that the file system comes from. */
static const char *kept_options(const struct trimming *trimming, const struct mount *mount)
{
	struct arena *arena = trimming->lines.arena;
	const char *way = is_of_network(mount)
				  ? usage_ways_mark(arena, trimming->routes, mount->address)
				  : NULL;

	return arena_printf(arena, "rw%s%s%s", mount->connected ? ",trans=tcp" : "",
			    way ? ",addr=" : "", way ? way : "");
}

static void trim_mount(struct trimming *trimming, const char *line)
{
	struct mount mount;
	int length = LONGEST_FIELD;

	if (!parse_mount(line, &mount) ||
	    (has_no_device(&mount) && !is_of_network(&mount) && !is_root(&mount)))
		return;
	const char *source = kept_source(&mount);
	if (strcmp(mount.type, "zfs") == 0) {
		source = mount.source;
		length = usage_pool_length(source);
	}
	buffer_item(&trimming->lines, "0 0 %s / %s rw - %s %.*s %s\n", mount.device,
		    public_point(mount.point), mount.type, length, source,
		    kept_options(trimming, &mount));
}

/* The path of a swap file may name people. */
static void trim_swap(struct trimming *trimming, const char *line)
{
	char name[LONGEST_FIELD];

	if (parse_swap(line, name))
		buffer_item(&trimming->lines, "%s partition 0 0 0\n", name);
}

static void trim_route(struct trimming *trimming, const char *line)
{
	struct usage_route route;

	if (!usage_route_parse(line, &route) || !usage_route_is_default(&route))
		return;
	if (route.ipv6)
		buffer_item(&trimming->lines, "%032d 0 0 0 0 0 0 0 1 %s\n", 0, route.name);
	else
		buffer_item(&trimming->lines, "%s 0 0 1 0 0 0 0\n", route.name);
}

/* How the lines of a file are trimmed. */
struct trimmer {
	const char *path;
	void (*trim)(struct trimming *trimming, const char *line);
};

static const struct trimmer trimmers[] = {
	{MOUNTS, trim_mount},
	{SWAPS, trim_swap},
	{USAGE_ROUTES_IPV4, trim_route},
	{USAGE_ROUTES_IPV6, trim_route},
};

static const struct trimmer *find_trimmer(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(trimmers); i++) {
		if (strcmp(path, trimmers[i].path) == 0)
			return &trimmers[i];
	}
	return NULL;
}

bool usage_covers(const char *path)
{
	return find_trimmer(path) || usage_members_cover(path);
}

const char *usage_trim(struct arena *arena, const struct fact_text *text,
		       const struct usage_routes *routes)
{
	if (usage_members_cover(text->fact.source))
		return usage_members_trim(arena, text);
	const struct trimmer *trimmer = find_trimmer(text->fact.source);
	char *copy = arena_copy(arena, text->text, text->length), *save = NULL;
	struct trimming trimming = {.lines = {.arena = arena}, .routes = routes};

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		trimmer->trim(&trimming, line);
	if (trimmer->trim == trim_mount && text->length && !trimming.lines.length)
		return OTHER_MOUNT;
	return buffer_text(&trimming.lines);
}

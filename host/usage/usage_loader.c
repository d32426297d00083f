/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage_loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"

#define CLASS_BLOCK    "/sys/class/block"
#define CLASS_NET      "/sys/class/net"
#define DEV_BLOCK      "/sys/dev/block"
#define OPEN_VSWITCH   CLASS_NET "/ovs-system"
#define NVME_SUBSYSTEM "/sys/devices/virtual/nvme-subsystem/"

#define FABRICS "/sys/devices/virtual/nvme-fabrics/ctl/"
#define FC_HOST "/sys/class/fc_host"
#define SESSION "/session"

#define NETWORK_DISK "on a disk of the network"

enum {
	MOST_LAYERS = 12, /* of devices upon devices */
	MOST_VISITS = 16 * 1024,
};

void usage_add(struct usage_loader *loader, const struct usage_entry *entry)
{
	struct usage *usage = loader->usage;
	struct usage_entry *entries = arena_grow(loader->arena, usage->entries, usage->count,
						 &loader->capacity, sizeof(*entries));

	if (!entries)
		return;
	usage->entries = entries;
	entries[usage->count++] = *entry;
}

void usage_add_gap(struct usage_loader *loader, const struct usage_entry *entry, const char *why)
{
	struct usage *usage = loader->usage;
	struct usage_gap *gaps = arena_grow(loader->arena, usage->gaps, usage->gap_count,
					    &loader->gap_capacity, sizeof(*gaps));

	if (!gaps)
		return;
	usage->gaps = gaps;
	gaps[usage->gap_count++] = (struct usage_gap){entry->kind, entry->what, why, entry->source};
}

static struct usage_ways ways_to(struct usage_loader *loader, const char *address)
{
	if (!address || !*address)
		return (struct usage_ways){.count = 0};
	if (!loader->routes)
		loader->routes = usage_routes_load(loader->root, loader->arena);
	return usage_routes_find(loader->routes, address);
}

/* Follows an interface by which the host reaches the machine that the entry's file system is of. */
static void follow_way(struct usage_loader *loader, const struct usage_entry *entry,
		       const char *where, const char *interface)
{
	struct usage_entry way = *entry;

	way.kind = USAGE_ROUTE;
	way.what = arena_printf(loader->arena, "way to %s %s", entry->what, where);
	usage_follow_interface(loader, &way, interface);
}

void usage_follow_network(struct usage_loader *loader, const struct usage_entry *entry,
			  const char *where, const char *address)
{
	const struct usage_ways ways = ways_to(loader, address);
	struct usage_entry route = *entry;

	route.kind = USAGE_ROUTE;
	route.what = arena_printf(loader->arena, "%s %s", entry->what, where);
	if (!ways.whole)
		usage_add_gap(loader, &route, "by which interface it comes is not known");
	for (size_t i = 0; i < ways.count; i++)
		follow_way(loader, entry, where, ways.names[i]);
}

/* Returns what stands behind the key in "traddr=192.168.1.5,trsvcid=4420", or NULL. */
static const char *address_in(struct arena *arena, const struct fact_text *text, const char *key)
{
	const char *at =
		fact_known(&text->fact) && begins_with(text->text, key) ? text->text : NULL;

	return at ? arena_copy(arena, at + strlen(key), strcspn(at + strlen(key), ",")) : NULL;
}

/* Returns the interface that the connection is bound to, whatever the routes say, or NULL:
 * "traddr=…,trsvcid=4420,host_iface=eth0,src_addr=…". */
static const char *bound_interface(struct arena *arena, const struct fact_text *address)
{
	static const char key[] = ",host_iface=";
	const char *at = fact_known(&address->fact) ? strstr(address->text, key) : NULL;

	return at ? arena_copy(arena, at + strlen(key), strcspn(at + strlen(key), ",")) : NULL;
}

/* Returns the name of the own port, "0x10000090fac0ffee", in memory of arena, or NULL:
 * "traddr=nn-0x…:pn-0x…,host_traddr=nn-0x…:pn-0x…". */
static const char *own_port(struct arena *arena, const struct fact_text *address)
{
	const char *own = fact_known(&address->fact) ? strstr(address->text, "host_traddr=") : NULL;
	const char *port = own ? strstr(own, "pn-0x") : NULL;

	if (!port)
		return NULL;
	port += strlen("pn-");
	return arena_copy(arena, port, strspn(port, "0123456789abcdefx"));
}

/* Returns the folder of the Fibre Channel port of that name, or NULL. */
static const char *find_port(struct usage_loader *loader, const char *port)
{
	struct fact_list hosts = root_list(loader->root, loader->arena, FC_HOST);

	for (size_t i = 0; i < hosts.count; i++) {
		struct fact_text name = root_read_line(
			loader->root, loader->arena,
			arena_printf(loader->arena, FC_HOST "/%s/port_name", hosts.names[i]));
		if (fact_known(&name.fact) && strcmp(name.text, port) == 0)
			return usage_path_of(loader, FC_HOST, hosts.names[i]);
	}
	return NULL;
}

/* What comes over Fibre Channel, by the port of this host that the controller's address names. */
static void follow_channel(struct usage_loader *loader, const struct usage_entry *entry,
			   const struct fact_text *address)
{
	const char *port = own_port(loader->arena, address);
	struct usage_entry leaf = *entry;

	leaf.path = port ? find_port(loader, port) : NULL;
	if (leaf.path)
		usage_add(loader, &leaf);
	else
		usage_add_gap(loader, entry, "by which Fibre Channel port it comes is not known");
}

/* Of a controller of NVMe over Fabrics, "/sys/devices/virtual/nvme-fabrics/ctl/nvme0", whose
 * attribute address begins with that of the target: nvmf_get_address(), drivers/nvme/host. */
static void follow_fabric(struct usage_loader *loader, const struct usage_entry *entry,
			  const char *path)
{
	size_t length = strlen(FABRICS) + strcspn(path + strlen(FABRICS), "/");
	const char *folder = arena_copy(loader->arena, path, length);
	struct fact_text transport = root_read_line(loader->root, loader->arena,
						    arena_path(loader->arena, folder, "transport"));
	struct fact_text text = root_read_line(loader->root, loader->arena,
					       arena_path(loader->arena, folder, "address"));
	const char *target = address_in(loader->arena, &text, "traddr=");
	bool known = fact_known(&transport.fact) || target;
	bool channel =
		target ? begins_with(target, "nn-") : known && strcmp(transport.text, "fc") == 0;
	const char *interface = channel ? NULL : bound_interface(loader->arena, &text);

	if (channel || !known)
		follow_channel(loader, entry, &text);
	if (interface)
		follow_way(loader, entry, NETWORK_DISK, interface);
	else if (!channel)
		usage_follow_network(loader, entry, NETWORK_DISK, target);
}

/* A session of iSCSI has a folder for each connection: drivers/scsi/scsi_transport_iscsi.c. */
static void follow_session(struct usage_loader *loader, const struct usage_entry *entry,
			   const char *path)
{
	const char *session = strstr(path, SESSION);
	int length = (int)(session - path) + (int)strlen(SESSION);
	length += (int)strcspn(path + length, "/");
	const char *folder = arena_printf(loader->arena, "%.*s", length, path);
	struct fact_list names = root_list(loader->root, loader->arena, folder);
	bool found = false;

	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.names[i];
		if (!begins_with(name, "connection"))
			continue;
		struct fact_text text = root_read_line(
			loader->root, loader->arena,
			arena_printf(loader->arena, "%s/%s/iscsi_connection/%s/address", folder,
				     name, name));
		usage_follow_network(loader, entry, NETWORK_DISK,
				     address_in(loader->arena, &text, ""));
		found = true;
	}
	if (!found)
		usage_follow_network(loader, entry, NETWORK_DISK, NULL);
}

void usage_note_unread(struct usage_loader *loader, struct usage_link **links, size_t *count,
		       size_t *capacity, const struct pci_function *function,
		       const struct fact *fact)
{
	struct usage_link *grown =
		arena_grow(loader->arena, *links, *count, capacity, sizeof(*grown));

	if (!grown)
		return;
	*links = grown;
	grown[(*count)++] = (struct usage_link){function, *fact};
}

static int compare_links(const void *left, const void *right)
{
	const struct usage_link *a = left, *b = right;

	return (a->function > b->function) - (a->function < b->function);
}

void usage_sort_links(struct usage_link *links, size_t count)
{
	if (count)
		qsort(links, count, sizeof(*links), compare_links);
}

struct fact_list usage_followed(const struct usage_loader *loader)
{
	const struct usage *usage = loader->usage;
	const char **names = arena_array(loader->arena, usage->count + 1, sizeof(*names));
	struct fact_list followed = {.names = names};

	for (size_t i = 0; names && i < usage->count; i++) {
		if (usage->entries[i].through)
			names[followed.count++] = usage->entries[i].through;
	}
	if (followed.count)
		qsort(names, followed.count, sizeof(*names), compare_strings);
	return followed;
}

const char *usage_path_of(const struct usage_loader *loader, const char *folder, const char *name)
{
	struct fact_text target = root_read_link(loader->root, loader->arena,
						 arena_path(loader->arena, folder, name));

	return fact_known(&target.fact) ? root_join(loader->arena, folder, target.text) : NULL;
}

/* usage_path_of(), and a gap where its link was not read. */
static const char *resolve(struct usage_loader *loader, const struct usage_entry *entry,
			   const char *folder, const char *name)
{
	const char *path = usage_path_of(loader, folder, name);

	if (!path)
		usage_add_gap(
			loader, entry,
			arena_printf(loader->arena, "%s/%s could not be followed", folder, name));
	return path;
}

static void follow_block(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *path, unsigned layers);

/* Follows each device that the one at path is made of. Returns whether there are such. */
static bool follow_slaves(struct usage_loader *loader, const struct usage_entry *entry,
			  const char *path, unsigned layers)
{
	struct fact_list slaves = root_list(loader->root, loader->arena,
					    arena_printf(loader->arena, "%s/slaves", path));

	for (size_t i = 0; i < slaves.count; i++) {
		const char *slave = resolve(loader, entry, CLASS_BLOCK, slaves.names[i]);
		if (slave)
			follow_block(loader, entry, slave, layers + 1);
	}
	return slaves.count > 0;
}

static bool is_of_fabric(const char *path)
{
	return begins_with(path, FABRICS);
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
		leaf.path = resolve(loader, entry, folder, member);
		if (leaf.path && is_of_fabric(leaf.path))
			follow_fabric(loader, entry, leaf.path);
		else if (leaf.path)
			usage_add(loader, &leaf);
		found |= leaf.path != NULL;
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

/* Disks that RBD and NBD make of what other machines have. */
static bool is_of_server(const char *path)
{
	return begins_with(path, "/sys/devices/rbd/") ||
	       begins_with(path, "/sys/devices/virtual/block/nbd");
}

/* A disk of iSCSI without an adapter of its own: "/sys/devices/platform/host3/session1/target…". */
static bool is_of_session(const char *path)
{
	return begins_with(path, "/sys/devices/platform/") && strstr(path, SESSION);
}

static void follow_block(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *path, unsigned layers)
{
	struct usage_entry leaf = *entry;

	if (layers > MOST_LAYERS || ++loader->visits > MOST_VISITS) {
		usage_add_gap(loader, entry, "it lies on too many layers of devices");
		return;
	}
	if (begins_with(path, NVME_SUBSYSTEM)) {
		follow_subsystem(loader, entry, path);
		return;
	}
	if (is_of_server(path)) {
		usage_follow_network(loader, entry, NETWORK_DISK, NULL);
		return;
	}
	leaf.path = path;
	if (!begins_with(path, "/sys/devices/virtual/")) {
		usage_add(loader, &leaf);
		if (is_of_session(path))
			follow_session(loader, entry, path);
		return;
	}
	if (is_of_fabric(path)) {
		follow_fabric(loader, entry, path);
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
	const char *path = resolve(loader, entry, folder, name);

	if (path)
		follow_block(loader, entry, path, 0);
}

void usage_follow_number(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *number)
{
	struct usage_entry named = *entry;
	const char *path = resolve(loader, entry, DEV_BLOCK, number);

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
		if (fact_known(&given.fact) && strcmp(given.text, name) == 0)
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
		const char *path = resolve(loader, &entry, CLASS_BLOCK, names.names[i]);
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

static void follow_interface(struct usage_loader *loader, const struct usage_entry *entry,
			     const char *name, unsigned layers);

/* Follows each interface that the one at path lies upon. Returns whether there are such. */
static bool follow_lower(struct usage_loader *loader, const struct usage_entry *entry,
			 const char *path, unsigned layers)
{
	struct fact_list members = root_list(loader->root, loader->arena, path);
	bool found = false;

	for (size_t i = 0; i < members.count; i++) {
		if (!begins_with(members.names[i], "lower_"))
			continue;
		found = true;
		follow_interface(loader, entry, members.names[i] + strlen("lower_"), layers + 1);
	}
	return found;
}

/*
 * Follows what a bond, bridge or VLAN lies upon, down to hardware. An internal port of Open vSwitch
 * lies upon nothing by its own folder; what it may send through is below the datapath's device
 * (ovs_netdev_link() of net/openvswitch/vport-netdev.c).
 */
static void follow_interface(struct usage_loader *loader, const struct usage_entry *entry,
			     const char *name, unsigned layers)
{
	struct usage_entry leaf = *entry;
	if (layers > MOST_LAYERS || ++loader->visits > MOST_VISITS)
		return;
	const char *path = resolve(loader, entry, CLASS_NET, name);
	if (!path)
		return;
	leaf.path = path;
	if (!begins_with(path, "/sys/devices/virtual/")) {
		usage_add(loader, &leaf);
		return;
	}
	if (!follow_lower(loader, entry, path, layers) &&
	    !follow_lower(loader, entry, OPEN_VSWITCH, layers) && layers == 0)
		usage_add_gap(loader, entry,
			      arena_printf(loader->arena,
					   "%s shows no interface beneath, as a tunnel does not",
					   name));
}

void usage_follow_interface(struct usage_loader *loader, const struct usage_entry *entry,
			    const char *name)
{
	struct usage_entry named = *entry;

	named.through = arena_printf(loader->arena, "%s", name);
	follow_interface(loader, &named, name, 0);
}

struct fact_text usage_read_link(struct usage_loader *loader, const char *folder, bool *ret_up)
{
	struct fact_text state = root_read_line(loader->root, loader->arena,
						arena_path(loader->arena, folder, "operstate"));
	bool untold = fact_known(&state.fact) && strcmp(state.text, "unknown") == 0;

	*ret_up = fact_known(&state.fact) && strcmp(state.text, "up") == 0;
	if (!untold)
		return state;
	struct fact_text carrier = root_read_line(loader->root, loader->arena,
						  arena_path(loader->arena, folder, "carrier"));
	*ret_up = fact_known(&carrier.fact) && strcmp(carrier.text, "1") == 0;
	return fact_known(&carrier.fact) || carrier.fact.error == EINVAL ? state : carrier;
}

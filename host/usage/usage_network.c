/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage_network.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/usage/usage_routes.h"

#define CLASS_NET    "/sys/class/net"
#define OPEN_VSWITCH CLASS_NET "/ovs-system"

#define FABRICS "/sys/devices/virtual/nvme-fabrics/ctl/"
#define FC_HOST "/sys/class/fc_host"
#define SESSION "/session"

#define NETWORK_DISK "on a disk of the network"

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
	if (!usage_visit(loader, layers))
		return;
	const char *path = usage_resolve(loader, entry, CLASS_NET, name);
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

/* operstates[] and carrier_show() of net/core/net-sysfs.c */
static const char *const states[] = {"unknown", "notpresent", "down", "lowerlayerdown",
				     "testing", "dormant",    "up"};
static const char *const carriers[] = {"0", "1"};

/* Reads an attribute that has one of some words. */
static struct fact_text read_word(struct usage_loader *loader, const char *path,
				  const char *const *words, size_t count)
{
	struct fact_text text = root_read_line(loader->root, loader->arena, path);

	for (size_t i = 0; i < count; i++) {
		if (fact_text_is(&text, words[i]))
			return text;
	}
	if (fact_known(&text.fact))
		text.fact = fact_of(FACT_MALFORMED, path, 0);
	return text;
}

struct fact_text usage_read_link(struct usage_loader *loader, const char *folder, bool *ret_up)
{
	struct fact_text state = read_word(loader, arena_path(loader->arena, folder, "operstate"),
					   states, ARRAY_LENGTH(states));
	bool untold = fact_text_is(&state, "unknown");

	*ret_up = fact_text_is(&state, "up");
	if (!untold)
		return state;
	struct fact_text carrier = read_word(loader, arena_path(loader->arena, folder, "carrier"),
					     carriers, ARRAY_LENGTH(carriers));
	*ret_up = fact_text_is(&carrier, "1");
	return fact_known(&carrier.fact) || carrier.fact.error == EINVAL ? state : carrier;
}

bool usage_read_set_up(struct usage_loader *loader, const char *folder, bool *ret_set_up)
{
	const struct fact_text text = root_read_line(loader->root, loader->arena,
						     arena_path(loader->arena, folder, "flags"));
	const struct fact_number flags = fact_parse_number(&text);

	*ret_set_up = fact_known(&flags.fact) && (flags.value & IFF_UP);
	return fact_known(&flags.fact);
}

static struct usage_ways ways_to(struct usage_loader *loader, const char *address)
{
	struct usage_ways ways;

	if (!address || !*address)
		return (struct usage_ways){.count = 0};
	if (root_is_captured(loader->root) && usage_ways_parse(loader->arena, address, &ways))
		return ways;
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

/* Returns what stands behind the key in "traddr=192.168.1.5,trsvcid=4420,host_iface=eth0", in
 * memory of arena, or NULL. */
static const char *address_in(struct arena *arena, const struct fact_text *text, const char *key)
{
	size_t length = 0;
	const char *value =
		fact_known(&text->fact) ? value_in_list(text->text, key, &length) : NULL;

	return value ? arena_copy(arena, value, length) : NULL;
}

/* Returns the name of the own port, "0x10000090fac0ffee", in memory of arena, or NULL:
 * "traddr=nn-0x…:pn-0x…,host_traddr=nn-0x…:pn-0x…". */
static const char *own_port(struct arena *arena, const struct fact_text *address)
{
	const char *own = address_in(arena, address, "host_traddr=");
	const char *port = own ? strstr(own, "pn-0x") : NULL;

	return port ? port + strlen("pn-") : NULL;
}

/* Returns the folder of the Fibre Channel port of that name, or NULL. */
static const char *find_port(struct usage_loader *loader, const char *port)
{
	struct fact_list hosts = root_list(loader->root, loader->arena, FC_HOST);

	for (size_t i = 0; i < hosts.count; i++) {
		struct fact_text name = root_read_line(
			loader->root, loader->arena,
			arena_printf(loader->arena, FC_HOST "/%s/port_name", hosts.names[i]));
		if (fact_text_is(&name, port))
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
	/* What the connection is bound to, whatever the routes say. */
	const char *interface = channel ? NULL : address_in(loader->arena, &text, "host_iface=");

	if (channel || !known)
		follow_channel(loader, entry, &text);
	if (interface)
		follow_way(loader, entry, NETWORK_DISK, interface);
	else if (!channel)
		usage_follow_network(loader, entry, NETWORK_DISK, target);
}

/* A session of iSCSI has a folder for each connection: drivers/scsi/scsi_transport_iscsi.c. The
 * disk itself lies in the session's. */
static void follow_session(struct usage_loader *loader, const struct usage_entry *entry,
			   const char *path)
{
	size_t before = (size_t)(strstr(path, SESSION) - path) + strlen(SESSION);
	const char *folder = arena_copy(loader->arena, path, before + strcspn(path + before, "/"));
	struct fact_list names = root_list(loader->root, loader->arena, folder);
	struct usage_entry leaf = *entry;
	bool found = false;

	leaf.path = path;
	usage_add(loader, &leaf);
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

bool usage_follow_network_disk(struct usage_loader *loader, const struct usage_entry *entry,
			       const char *path)
{
	if (is_of_server(path))
		usage_follow_network(loader, entry, NETWORK_DISK, NULL);
	else if (begins_with(path, FABRICS))
		follow_fabric(loader, entry, path);
	else if (is_of_session(path))
		follow_session(loader, entry, path);
	else
		return false;
	return true;
}

/* Of a controller, what stands for the address of its target. */
static const char *trim_fabric(struct arena *arena, const struct fact_text *address,
			       const struct usage_routes *routes)
{
	const char *interface = address_in(arena, address, "host_iface=");
	const char *target = address_in(arena, address, "traddr=");
	const char *mark = interface ? usage_way_mark(arena, interface)
			   : target  ? usage_ways_mark(arena, routes, target)
				     : NULL;

	return mark ? arena_printf(arena, "traddr=%s\n", mark) : "";
}

const char *usage_trim_server(struct arena *arena, const struct fact_text *address,
			      const struct usage_routes *routes)
{
	struct fact_text line = *address;

	if (begins_with(address->text, "traddr=nn-"))
		return address->text;
	line.text = arena_copy(arena, address->text, strcspn(address->text, "\n"));
	if (begins_with(address->fact.source, FABRICS))
		return trim_fabric(arena, &line, routes);
	const char *mark = usage_ways_mark(arena, routes, line.text);

	return mark ? arena_printf(arena, "%s\n", mark) : "";
}

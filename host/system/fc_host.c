/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/fc_host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FC_HOSTS_PATH     "/sys/class/fc_host"
#define SCSI_DEVICES_PATH "/sys/bus/scsi/devices"

enum { MOST_LUNS = 4096 }; /* of one port */

static struct fact_text read_attribute(struct root *root, struct arena *arena, const char *folder,
				       const char *name)
{
	return root_read_line(root, arena, arena_path(arena, folder, name));
}

static struct fact_number read_count(struct root *root, struct arena *arena, const char *folder,
				     const char *name)
{
	return root_read_number(root, arena, arena_path(arena, folder, name));
}

/* The attribute is the port's, or in some kernels its SCSI host's. */
static struct fact_node find_vport_create(struct root *root, struct arena *arena,
					  const char *folder, const char *name)
{
	struct fact_node node = root_stat(root, arena_printf(arena, "%s/vport_create", folder));

	if (fact_known(&node.fact))
		return node;
	return root_stat(root, arena_printf(arena, "/sys/class/scsi_host/%s/vport_create", name));
}

static struct fc_host load(struct root *root, struct arena *arena, const char *name)
{
	const char *path = root_entry_path(root, arena, FC_HOSTS_PATH, name);

	return (struct fc_host){
		.name = name,
		.path = path,
		.port_name = read_attribute(root, arena, path, "port_name"),
		.node_name = read_attribute(root, arena, path, "node_name"),
		.port_state = read_attribute(root, arena, path, "port_state"),
		.port_type = read_attribute(root, arena, path, "port_type"),
		.max_vports = read_count(root, arena, path, "max_npiv_vports"),
		.vports_inuse = read_count(root, arena, path, "npiv_vports_inuse"),
		.vport_create = find_vport_create(root, arena, path, name),
	};
}

/* Reads "H:B:T:L" where H is the number of the port's host ("host5"). */
static bool parse_name(const char *name, const char *host, struct fc_lun *ret)
{
	unsigned long long unit;
	unsigned number;
	int end = 0;

	/* sscanf() takes signs and blanks, too. */
	if (name[strspn(name, "0123456789:")] ||
	    sscanf(name, "%9u:%9u:%9u:%19llu%n", &number, &ret->bus, &ret->target, &unit, &end) !=
		    4 ||
	    name[end])
		return false;
	ret->unit = unit;
	ret->name = name;
	char own[sizeof("host") + 10];
	snprintf(own, sizeof(own), "host%u", number);
	return strcmp(own, host) == 0;
}

static void load_luns(struct root *root, struct arena *arena, const struct fact_list *devices,
		      struct fc_host *host)
{
	size_t capacity = 0;

	host->luns_fact = devices->fact;
	for (size_t i = 0; i < devices->count; i++) {
		struct fc_lun lun, *luns;
		if (!parse_name(devices->names[i], host->name, &lun))
			continue;
		luns = arena_grow(arena, host->luns, host->lun_count, &capacity, sizeof(*luns));
		if (!luns)
			return;
		host->luns = luns;
		if (host->lun_count == MOST_LUNS) {
			host->luns_fact.state = FACT_MALFORMED;
			host->luns_fact.error = EFBIG;
			return;
		}
		lun.path = root_entry_path(root, arena, SCSI_DEVICES_PATH, lun.name);
		lun.type = read_count(root, arena, lun.path, "type");
		lun.wwid = read_attribute(root, arena, lun.path, "wwid");
		lun.block = root_list(root, arena, arena_printf(arena, "%s/block", lun.path));
		luns[host->lun_count++] = lun;
	}
}

void fc_hosts_load(struct root *root, struct arena *arena, struct fc_hosts *ret)
{
	struct fact_list list = root_list(root, arena, FC_HOSTS_PATH);

	*ret = (struct fc_hosts){.fact = list.fact};
	ret->hosts = arena_array(arena, list.count, sizeof(*ret->hosts));
	if (!ret->hosts)
		return;
	if (!list.count)
		return;
	struct fact_list devices = root_list(root, arena, SCSI_DEVICES_PATH);
	for (size_t i = 0; i < list.count; i++) {
		struct fc_host *host = &ret->hosts[ret->count++];
		*host = load(root, arena, list.names[i]);
		load_luns(root, arena, &devices, host);
	}
}

bool fc_host_is_virtual(const struct fc_host *host)
{
	return fact_text_is(&host->port_type, "NPIV VPORT");
}

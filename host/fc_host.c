/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/fc_host.h"

#define FC_HOSTS_PATH "/sys/class/fc_host"

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

void fc_hosts_load(struct root *root, struct arena *arena, struct fc_hosts *ret)
{
	struct fact_list list = root_list(root, arena, FC_HOSTS_PATH);

	*ret = (struct fc_hosts){.fact = list.fact};
	ret->hosts = arena_array(arena, list.count, sizeof(*ret->hosts));
	if (!ret->hosts)
		return;
	for (size_t i = 0; i < list.count; i++)
		ret->hosts[ret->count++] = load(root, arena, list.names[i]);
}

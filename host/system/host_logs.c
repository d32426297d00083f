/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/host_logs.h"

#include "host/base/affix.h"

/* Where libvirt's system daemon has QEMU write what it says (qemu_conf.c, logDir). */
static const char qemu_folder[] = "/var/log/libvirt/qemu";

static void load_qemu(struct root *root, struct arena *arena, struct host_logs *logs)
{
	struct fact_list names = root_list(root, arena, qemu_folder);

	logs->folder = names.fact;
	logs->qemu = arena_array(arena, names.count + 1, sizeof(*logs->qemu));
	for (size_t i = 0; logs->qemu && i < names.count; i++) {
		if (!has_suffix(names.names[i], ".log"))
			continue;
		if (logs->qemu_count == LIMIT_QEMU_LOGS) {
			logs->qemu_left_out++;
			continue;
		}
		logs->qemu[logs->qemu_count++].text =
			root_read(root, arena, arena_path(arena, qemu_folder, names.names[i]),
				  LIMIT_QEMU_LOG);
	}
}

void host_logs_load(struct root *root, struct arena *arena, struct host_logs *ret)
{
	*ret = (struct host_logs){.wanted = true};
	ret->kernel = root_read_kernel_log(root, arena);
	load_qemu(root, arena, ret);
}

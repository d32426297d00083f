/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/selinux.h"

#define BOOLEANS "/sys/fs/selinux/booleans/"

void selinux_load(struct root *root, struct arena *arena, struct selinux *ret)
{
	ret->enforce = root_read_number(root, arena, "/sys/fs/selinux/enforce");
	ret->virt_use_sysfs = root_read_line(root, arena, BOOLEANS "virt_use_sysfs");
	if (!fact_absent(&ret->virt_use_sysfs.fact))
		return;
	struct fact_text older = root_read_line(root, arena, BOOLEANS "virt_manage_sysfs");
	if (fact_known(&older.fact))
		ret->virt_use_sysfs = older;
}

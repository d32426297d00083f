/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_SELINUX_H
#define PASSCHECK_HOST_SYSTEM_SELINUX_H

#include "host/access/root.h"

/* SELinux, by /sys/fs/selinux. */
struct selinux {
	struct fact_number enforce; /* 1 enforcing, 0 permissive; absent: no SELinux */
	/* Whether confined virtual machines may use sysfs, "CURRENT PENDING"; absent: the policy
	 * has no such boolean. The older policy's name for it is virt_manage_sysfs. */
	struct fact_text virt_use_sysfs;
};

void selinux_load(struct root *root, struct arena *arena, struct selinux *ret);

#endif

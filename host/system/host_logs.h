/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_HOST_LOGS_H
#define PASSCHECK_HOST_SYSTEM_HOST_LOGS_H

#include "host/access/root.h"

/* Limits on what is read of QEMU's logs. libvirt's virtlogd begins a new file at 2 MiB. */
enum { LIMIT_QEMU_LOG = 8 * 1024 * 1024, LIMIT_QEMU_LOGS = 256 };

/* What QEMU said for a guest: /var/log/libvirt/qemu/NAME.log. */
struct qemu_log {
	struct fact_text text;
};

/* The logs of a host. All zero, not captured, unless they were asked for. */
struct host_logs {
	bool wanted;
	struct fact_text kernel; /* records of /dev/kmsg; of a live host alone */
	struct fact folder;      /* of QEMU's logs */
	struct qemu_log *qemu;
	size_t qemu_count;
	size_t qemu_left_out; /* beyond LIMIT_QEMU_LOGS */
};

void host_logs_load(struct root *root, struct arena *arena, struct host_logs *ret);

#endif

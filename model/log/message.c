/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/message.h"

#include <string.h>

#include "host/base/array.h"

const struct log_table *const log_tables[] = {
	&log_identity_messages,
	&log_boot_messages,
	&log_fault_messages,
	&log_binding_messages,
	&log_sriov_messages,
	&log_system_messages,
	&log_qemu_messages,
	&log_qemu_memory_messages,
	&log_qemu_device_messages,
	&log_libvirt_messages,
	&log_stack_messages,
	&log_harmless_messages,
	NULL,
};

const struct log_message *log_message_find(const char *id)
{
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++) {
			if (strcmp(log_tables[i]->rows[k].id, id) == 0)
				return &log_tables[i]->rows[k];
		}
	}
	return NULL;
}

const char *log_source_name(enum log_source source)
{
	static const char *const names[] = {
		[LOG_KERNEL] = "kernel",   [LOG_QEMU] = "qemu",   [LOG_LIBVIRT] = "libvirt",
		[LOG_PROXMOX] = "proxmox", [LOG_DPDK] = "dpdk",   [LOG_MODPROBE] = "modprobe",
		[LOG_SHELL] = "shell",     [LOG_AUDIT] = "audit", [LOG_KUBERNETES] = "kubernetes",
		[LOG_NOVA] = "nova",
	};
	ASSERT_COVERS(names, LOG_SOURCE_COUNT);

	return names[source];
}

const char *log_severity_name(enum log_severity severity)
{
	static const char *const names[] = {
		[LOG_HARMLESS] = "harmless",
		[LOG_MAY] = "may-hinder",
		[LOG_STOPS] = "stops",
	};
	ASSERT_COVERS(names, LOG_SEVERITY_COUNT);

	return names[severity];
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_QEMU_VERSION_H
#define PASSCHECK_HOST_SYSTEM_QEMU_VERSION_H

#include "host/access/root.h"

/*
 * Returns the version of the QEMU at a path of the host, major * 1000000 + minor * 1000 + micro: as
 * libvirt last asked it, which keeps what a QEMU can do in a file for each
 * (virQEMUCapsFormatCache() of libvirt 5.5 and newer, src/qemu/qemu_capabilities.c); where libvirt
 * keeps nothing of it, that of the package of Debian, or of Proxmox VE, that is installed. Absent
 * where both tell nothing.
 */
struct fact_number qemu_version_load(struct root *root, struct arena *arena, const char *program);

/* Returns whether a capture keeps a line of such a file: whose it is, and the version. */
bool qemu_version_keeps(const char *line, size_t length);

/*
 * Takes the next line of dpkg's status at *offset, 0 for the first, that tells of a package of QEMU
 * whether it is installed and which version it is, or that ends what is told of it. *inside, false
 * at first, is whether the line is of such a package. Returns false behind the last one.
 */
bool qemu_version_next_line(const struct fact_text *status, size_t *offset, bool *inside,
			    struct fact_line *ret);

#define DPKG_STATUS       "/var/lib/dpkg/status"
#define QEMU_CAPABILITIES "/var/cache/libvirt/qemu/capabilities"

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_QEMU_VERSION_H
#define PASSCHECK_HOST_SYSTEM_QEMU_VERSION_H

#include "host/access/root.h"

/*
 * Returns the version of the QEMU at a path of the host, major * 1000000 + minor * 1000 + micro: as
 * libvirt last asked it, which keeps what a QEMU can do in a file for each
 * (virQEMUCapsFormatCache() of libvirt 5.5 and newer, src/qemu/qemu_capabilities.c); where libvirt
 * keeps nothing of it, that of the package that is installed. Absent where both tell nothing.
 */
struct fact_number qemu_version_load(struct root *root, struct arena *arena, const char *program);

/* Returns whether a capture keeps a line of such a file: whose it is, and the version. */
bool qemu_version_keeps(const char *line, size_t length);

#define QEMU_CAPABILITIES "/var/cache/libvirt/qemu/capabilities"

#endif

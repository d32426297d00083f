/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_QEMU_ARGUMENT_H
#define PASSCHECK_GUEST_LIBVIRT_QEMU_ARGUMENT_H

#include "guest/libvirt/domain_xml.h"

/*
 * Reads what QEMU's -device is given, "DRIVER,KEY=VALUE,…" or JSON: of the drivers of VFIO (hw/vfio
 * of QEMU), host= or sysfsdev= name the function. Sets kind, source, has_source and iommufd of
 * *ret. Returns false, *ret untouched, for another driver. Memory comes from arena.
 */
bool qemu_argument_parse(struct arena *arena, const char *text, struct domain_device *ret);

#endif

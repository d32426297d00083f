/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_QEMU_ARGUMENT_H
#define PASSCHECK_GUEST_LIBVIRT_QEMU_ARGUMENT_H

#include <stdbool.h>

#include "host/access/arena.h"
#include "host/pci/pci_address.h"

enum qemu_device_kind {
	QEMU_DEVICE_FUNCTION, /* vfio-pci with a function of the host */
	QEMU_DEVICE_MDEV,     /* vfio-pci with a mediated device */
	QEMU_DEVICE_USB,
	QEMU_DEVICE_OTHER, /* it is not known what of the host it takes */
	QEMU_DEVICE_KIND_COUNT,
};

struct qemu_device {
	enum qemu_device_kind kind;
	struct pci_address function; /* of QEMU_DEVICE_FUNCTION */
	const char *mdev;            /* the UUID of QEMU_DEVICE_MDEV */
	bool iommufd;                /* it is opened through /dev/iommu */
};

/*
 * Reads what QEMU's -device is given, "DRIVER,KEY=VALUE,…" or JSON: of the drivers of VFIO (hw/vfio
 * of QEMU), host= or sysfsdev= name the function. What names no driver, such as damaged JSON, is
 * QEMU_DEVICE_OTHER. Returns false, *ret untouched, for a driver that takes nothing from the host.
 * Memory comes from arena; short memory marks it.
 */
bool qemu_argument_parse(struct arena *arena, const char *text, struct qemu_device *ret);

#endif

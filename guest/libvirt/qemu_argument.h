/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_QEMU_ARGUMENT_H
#define PASSCHECK_GUEST_LIBVIRT_QEMU_ARGUMENT_H

#include <stdbool.h>

#include "host/base/arena.h"
#include "host/pci/pci_address.h"

enum qemu_device_kind {
	QEMU_DEVICE_EMULATED, /* it takes nothing of the host: only its place matters */
	QEMU_DEVICE_FUNCTION, /* vfio-pci with a function of the host */
	QEMU_DEVICE_NVME,     /* a disk on an NVMe controller that QEMU drives through VFIO */
	QEMU_DEVICE_MDEV,     /* vfio-pci with a mediated device */
	QEMU_DEVICE_USB,
	QEMU_DEVICE_SCSI_HOST, /* of vhost-scsi */
	QEMU_DEVICE_VDPA,
	QEMU_DEVICE_FILE,  /* what a file of -readconfig describes */
	QEMU_DEVICE_OTHER, /* it is not known what of the host it takes */
	QEMU_DEVICE_KIND_COUNT,
};

struct qemu_device {
	enum qemu_device_kind kind;
	struct pci_address function; /* of QEMU_DEVICE_FUNCTION and QEMU_DEVICE_NVME */
	const char *mdev;            /* the UUID of QEMU_DEVICE_MDEV */
	const char *malformed;       /* host= of a QEMU_DEVICE_OTHER that QEMU does not read */
	bool iommufd;                /* it is opened through /dev/iommu */
	bool has_rom;                /* a file is its ROM */
	bool rom_bar_off;            /* it has no ROM BAR in the guest */
	bool x_vga;                  /* the guest is to have its VGA ports */
	/* Of -device; NULL: not given. */
	const char *driver;
	const char *id;
	const char *bus;
	const char *address; /* "0x2", "02.0" */
	bool multifunction;
	/* Of a port of PCI Express: where the machine has it; -1: not a number. */
	int chassis, slot;
	/* Of an IOMMU of the guest. */
	bool follows;          /* it tells VFIO what the guest maps */
	unsigned address_bits; /* that it translates, 0: not given */
};

/* Returns whether a value of QEMU is true: qapi_bool_parse(), qapi/qapi-util.c. NULL is not. */
bool qemu_is_on(const char *value);

/* Returns how many bits of address a value gives, 0 for NULL. */
unsigned qemu_address_bits(const char *value);

/* Returns whether a property of a device, "caching-mode", is what lets VFIO follow a guest's IOMMU:
 * hw/i386/intel_iommu.c and, from QEMU 10.2 on, hw/i386/amd_iommu.c. */
bool qemu_property_follows(const char *name);

/* Returns whether qemu_option_parse() reads what an option is given. */
bool qemu_option_is_read(const char *option);

/*
 * Reads an option of QEMU, without its dashes, and what it is given, "KEY=VALUE,…" or JSON. Of the
 * drivers of VFIO (hw/vfio of QEMU) that -device names, host= or sysfsdev= name the function; what
 * names no driver, such as damaged JSON, is QEMU_DEVICE_OTHER. -drive and -blockdev name an NVMe
 * controller by the driver nvme or by "nvme://" (block/nvme.c). Returns false, *ret untouched, for
 * an option that does not describe a device. Memory comes from arena; short memory marks it.
 */
bool qemu_option_parse(struct arena *arena, const char *option, const char *value,
		       struct qemu_device *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_VFIO_DRIVER_H
#define PASSCHECK_MODEL_ASSIGN_VFIO_DRIVER_H

#include "host/host.h"

/* vfio-pci or a variant of it. */
struct vfio_driver {
	const char *name;   /* of the driver, as sysfs has it: "vfio-pci" */
	const char *module; /* "vfio_pci" */
	uint16_t vendor;    /* whose VFs it migrates */
	const char *option; /* that builds it; NULL where it migrates no VFs by their vendor */
	bool required;      /* by its devices: vfio-pci gives a guest none that works */
};

/* Returns the variant that migrates VFs of a vendor, or NULL. */
const struct vfio_driver *vfio_driver_that_migrates(int64_t vendor);

/* Returns the variant driver that migrates guests with a device of those ids and that the running
 * kernel has, by modules.alias, or NULL. */
const char *vfio_driver_migrating(const struct modules *modules, int64_t vendor, int64_t device);

/*
 * Returns the variant without which a guest has no device that works, or NULL where vfio-pci does,
 * or its ids are not known, or it is a VF (a vGPU is NVIDIA's driver's). What a GPU of NVIDIA's
 * Grace superchips has of memory is the processor's and no BAR's, and nvgrace_gpu_vfio_pci alone
 * shows it to a guest (drivers/vfio/pci/nvgrace-gpu of Linux 7.3: Kconfig, and main.c for the ids).
 */
const struct vfio_driver *vfio_driver_required(const struct modules *modules,
					       const struct pci_function *function);

/*
 * Returns the name of the driver of VFIO that is to have the function: what has it now unless that
 * is vfio-pci, or the variant that it requires where the running kernel may have it, or vfio-pci.
 */
const char *vfio_driver_to_be(const struct modules *modules, const struct pci_function *function);

/* Returns whether a function is known to be on vfio-pci or a variant of it: by the driver's name,
 * or by the device of VFIO that the driver made of it. */
bool driver_is_vfio(const struct pci_function *function);

/* Returns whether a function is with a driver of VFIO that is not vfio-pci, such as NVIDIA's for
 * vGPUs or mlx5_vfio_pci: on vfio-pci it would do less, or nothing. */
bool driver_stays(const struct pci_function *function);

/* Returns whether a driver of that name is vfio-pci or a variant of it. "vfio_pci" is no driver:
 * the kernel compares driver_override byte by byte (pci_match_device(), drivers/pci/pci-driver.c).
 */
bool driver_name_is_vfio(const char *driver);

/*
 * Returns whether the driver of a function is known to leave its DMA to others
 * (driver_managed_dma), as vfio-pci, its variants, pci-stub and pcieport do.
 */
bool driver_leaves_dma(const struct pci_function *function);

/* Returns whether a function is known to have a driver that does not: it must leave that before
 * VFIO opens its group. */
bool driver_keeps_dma(const struct pci_function *function);

#endif

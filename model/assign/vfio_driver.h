/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_VFIO_DRIVER_H
#define PASSCHECK_MODEL_ASSIGN_VFIO_DRIVER_H

#include "host/pci/pci_function.h"

/* vfio-pci or a variant of it. */
struct vfio_driver {
	const char *name;   /* of the driver, as sysfs has it: "vfio-pci" */
	const char *module; /* "vfio_pci" */
	uint16_t vendor;    /* whose VFs it migrates */
	const char *option; /* that builds it; NULL where it migrates no VFs by their vendor */
};

/* Returns the variant that migrates VFs of a vendor, or NULL. */
const struct vfio_driver *vfio_driver_that_migrates(int64_t vendor);

/* Returns whether a function is known to be on vfio-pci or a variant of it: by the driver's name,
 * or by the device of VFIO that the driver made of it. */
bool driver_is_vfio(const struct pci_function *function);

/* Returns whether a function is with a driver of VFIO that is not vfio-pci, such as NVIDIA's for
 * vGPUs or mlx5_vfio_pci: on vfio-pci it would do less, or nothing. */
bool driver_stays(const struct pci_function *function);

/* Returns whether a driver of that name is vfio-pci or a variant of it. "vfio_pci" is no driver: the
 * kernel compares driver_override byte by byte (pci_match_device(), drivers/pci/pci-driver.c). */
bool driver_name_is_vfio(const char *driver);

/*
 * Returns whether the driver of a function is known to leave its DMA to others
 * (driver_managed_dma), as vfio-pci, its variants, pci-stub and pcieport do.
 */
bool driver_leaves_dma(const struct pci_function *function);

#endif

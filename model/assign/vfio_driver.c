/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/vfio_driver.h"

#include <string.h>

#include "host/access/array.h"
#include "host/boot/cmdline.h"

/* vfio-pci and its variants: drivers/vfio/pci of Linux 7.3. */
static const struct vfio_driver vfio_drivers[] = {
	{"vfio-pci", "vfio_pci", 0, NULL},
	{"mlx5_vfio_pci", "mlx5_vfio_pci", 0x15b3, "MLX5_VFIO_PCI"},
	{"hisi_acc_vfio_pci", "hisi_acc_vfio_pci", 0x19e5, "HISI_ACC_VFIO_PCI"},
	{"virtio_vfio_pci", "virtio_vfio_pci", 0x1af4, "VIRTIO_VFIO_PCI"},
	{"pds_vfio_pci", "pds_vfio_pci", 0x1dd8, "PDS_VFIO_PCI"},
	{"nvgrace_gpu_vfio_pci", "nvgrace_gpu_vfio_pci", 0, NULL},
	{"qat_vfio_pci", "qat_vfio_pci", 0, NULL},
	{"xe-vfio-pci", "xe_vfio_pci", 0, NULL},
	{"ism_vfio_pci", "ism_vfio_pci", 0, NULL},
};

/* Others with driver_managed_dma. */
static const char *const stub_drivers[] = {"pci_stub", "pcieport"};

bool driver_name_is_vfio(const char *driver)
{
	for (size_t i = 0; i < ARRAY_LENGTH(vfio_drivers); i++) {
		if (strcmp(driver, vfio_drivers[i].name) == 0)
			return true;
	}
	return false;
}

const struct vfio_driver *vfio_driver_that_migrates(int64_t vendor)
{
	for (size_t i = 0; i < ARRAY_LENGTH(vfio_drivers); i++) {
		if (vfio_drivers[i].option && vfio_drivers[i].vendor == vendor)
			return &vfio_drivers[i];
	}
	return NULL;
}

bool driver_is_vfio(const struct pci_function *function)
{
	const struct fact_text *driver = &function->driver;

	return fact_known(&driver->fact) &&
	       (driver_name_is_vfio(driver->text) || function->vfio_devices.count > 0);
}

bool driver_stays(const struct pci_function *function)
{
	return driver_is_vfio(function) && !pci_is_on_driver(function, "vfio-pci");
}

bool driver_leaves_dma(const struct pci_function *function)
{
	const struct fact_text *driver = &function->driver;

	for (size_t i = 0; fact_known(&driver->fact) && i < ARRAY_LENGTH(stub_drivers); i++) {
		if (cmdline_same_name(driver->text, stub_drivers[i]))
			return true;
	}
	return driver_is_vfio(function);
}

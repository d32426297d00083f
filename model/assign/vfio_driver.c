/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/vfio_driver.h"

#include "host/access/array.h"
#include "host/boot/cmdline.h"

/* vfio-pci and its variants, 7.3. A driver's name is its module's, with "_" or "-". */
static const char *const vfio_drivers[] = {
	"vfio_pci",        "mlx5_vfio_pci", "hisi_acc_vfio_pci",
	"virtio_vfio_pci", "pds_vfio_pci",  "nvgrace_gpu_vfio_pci",
	"qat_vfio_pci",    "xe_vfio_pci",   "ism_vfio_pci",
};

/* Others with driver_managed_dma. */
static const char *const stub_drivers[] = {"pci_stub", "pcieport"};

static bool is_listed(const char *driver, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (cmdline_same_name(driver, list[i]))
			return true;
	}
	return false;
}

bool driver_name_is_vfio(const char *driver)
{
	return is_listed(driver, vfio_drivers, ARRAY_LENGTH(vfio_drivers));
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

	return driver_is_vfio(function) ||
	       (fact_known(&driver->fact) &&
		is_listed(driver->text, stub_drivers, ARRAY_LENGTH(stub_drivers)));
}

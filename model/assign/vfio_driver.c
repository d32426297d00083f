/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/vfio_driver.h"

#include <string.h>

#include "host/base/array.h"
#include "host/boot/cmdline.h"

/* vfio-pci and its variants: drivers/vfio/pci of Linux 7.3. */
static const struct vfio_driver vfio_drivers[] = {
	{"vfio-pci", "vfio_pci", 0, NULL, false},
	{"mlx5_vfio_pci", "mlx5_vfio_pci", 0x15b3, "MLX5_VFIO_PCI", false},
	{"hisi_acc_vfio_pci", "hisi_acc_vfio_pci", 0x19e5, "HISI_ACC_VFIO_PCI", false},
	{"virtio_vfio_pci", "virtio_vfio_pci", 0x1af4, "VIRTIO_VFIO_PCI", false},
	{"pds_vfio_pci", "pds_vfio_pci", 0x1dd8, "PDS_VFIO_PCI", false},
	{"nvgrace_gpu_vfio_pci", "nvgrace_gpu_vfio_pci", 0, NULL, true},
	{"qat_vfio_pci", "qat_vfio_pci", 0, NULL, false},
	{"xe-vfio-pci", "xe_vfio_pci", 0, NULL, false},
	{"ism_vfio_pci", "ism_vfio_pci", 0, NULL, false},
};

/* nvgrace_gpu_vfio_pci_table: GH200, GB200 and GB300. */
static const uint16_t grace_gpus[] = {0x2342, 0x2345, 0x2348, 0x2941, 0x31c2};

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

/* Returns the row of a driver that its devices require, by the name of its module, or NULL. */
static const struct vfio_driver *find_required(const char *module)
{
	for (size_t i = 0; i < ARRAY_LENGTH(vfio_drivers); i++) {
		if (vfio_drivers[i].required && cmdline_same_name(vfio_drivers[i].module, module))
			return &vfio_drivers[i];
	}
	return NULL;
}

static const char *find_alias(const struct modules *modules, int64_t vendor, int64_t device)
{
	for (size_t i = 0; i < modules->variant_count; i++) {
		const struct vfio_variant *variant = &modules->variants[i];
		if (vendor == variant->vendor && device == variant->device)
			return variant->module;
	}
	return NULL;
}

const char *vfio_driver_migrating(const struct modules *modules, int64_t vendor, int64_t device)
{
	const char *module = find_alias(modules, vendor, device);

	return module && !find_required(module) ? module : NULL;
}

const struct vfio_driver *vfio_driver_required(const struct modules *modules,
					       const struct pci_function *function)
{
	enum { NVIDIA = 0x10de };
	const char *module;

	if (!pci_knows_ids(function) || pci_is_vf(function))
		return NULL;
	module = find_alias(modules, function->vendor.value, function->device.value);
	for (size_t i = 0; !module && i < ARRAY_LENGTH(grace_gpus); i++) {
		if (pci_has_ids(function, NVIDIA, grace_gpus[i]))
			module = "nvgrace_gpu_vfio_pci";
	}
	return module ? find_required(module) : NULL;
}

const char *vfio_driver_to_be(const struct modules *modules, const struct pci_function *function)
{
	const struct vfio_driver *required = vfio_driver_required(modules, function);
	struct fact available;

	if (driver_stays(function))
		return function->driver.text;
	if (!required)
		return "vfio-pci";
	available = modules_available(modules, required->module);
	return fact_absent(&available) ? "vfio-pci" : required->name;
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

bool driver_keeps_dma(const struct pci_function *function)
{
	return fact_known(&function->driver.fact) && !driver_leaves_dma(function);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/driver_module.h"

#include <stddef.h>
#include <string.h>

#include "host/access/array.h"

/* Drivers whose module has another name. */
struct module_name {
	const char *driver;
	const char *module;
};

static const struct module_name module_names[] = {
	{.driver = "xhci_hcd", .module = "xhci_pci"},         /* drivers/usb/host/xhci-pci.c */
	{.driver = "i801_smbus", .module = "i2c_i801"},       /* drivers/i2c/busses/i2c-i801.c */
	{.driver = "piix4_smbus", .module = "i2c_piix4"},     /* drivers/i2c/busses/i2c-piix4.c */
	{.driver = "intel-lpss", .module = "intel_lpss_pci"}, /* drivers/mfd/intel-lpss-pci.c */
	{.driver = "CNN55XX", .module = "n5pf"},              /* drivers/crypto/cavium/nitrox */
};

const char *driver_module(const char *driver)
{
	for (size_t i = 0; i < ARRAY_LENGTH(module_names); i++) {
		if (strcmp(module_names[i].driver, driver) == 0)
			return module_names[i].module;
	}
	return driver;
}

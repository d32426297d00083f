/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/denylist.h"

#include <pci/header.h>
#include <stddef.h>

#include "host/access/array.h"

static const uint16_t devices[] = {0x19e2, 0x19e3, 0x37c8, 0x37c9, 0x0435, 0x0443, 0x0b25, 0x0cfe};

bool denylist_has(int64_t vendor, int64_t device)
{
	if (vendor != PCI_VENDOR_ID_INTEL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(devices); i++) {
		if (device == devices[i])
			return true;
	}
	return false;
}

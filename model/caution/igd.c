/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "model/caution/builder.h"

enum { VENDOR_INTEL = 0x8086, IGD_DEVICE = 2 };

/* 0000:00:02.0; its VFs, if any, are functions 1 to 7 of the slot. */
static bool is_igd(const struct pci_function *function)
{
	const struct pci_address *address = &function->address;

	return fact_known(&function->vendor.fact) && function->vendor.value == VENDOR_INTEL &&
	       pci_base_class(function) == PCI_BASE_CLASS_DISPLAY && address->domain == 0 &&
	       address->bus == 0 && address->device == IGD_DEVICE && address->function == 0;
}

/* What a picture takes: docs/igd-assign.txt and hw/vfio/igd.c of QEMU. */
void caution_igd(struct caution_builder *builder, const struct pci_function *function)
{
	const struct caution caution = {
		.kind = CAUTION_IGD,
		.why = "it is Intel's integrated graphics: a guest shows a picture on it only at the "
		       "guest address 00:02.0, on the root bus and with its OpRegion",
		.finding = "caution.igd",
		.remedy = "Give it the guest address 0000:00:02.0 (not below a root port) and "
			  "x-igd-opregion=on; it has no ROM of its own that a file could replace",
		.evidence = &function->vendor.fact,
	};

	if (is_igd(function))
		caution_add(builder, function, &caution);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "host/access/array.h"
#include "model/caution/builder.h"

enum { IGD_DEVICE = 2 };

bool caution_is_igd(const struct pci_function *function)
{
	const struct pci_address *address = &function->address;

	return fact_known(&function->vendor.fact) &&
	       function->vendor.value == PCI_VENDOR_ID_INTEL &&
	       pci_base_class(function) == PCI_BASE_CLASS_DISPLAY && address->domain == 0 &&
	       address->bus == 0 && address->device == IGD_DEVICE && address->function == 0;
}

/*
 * Returns whether kernels keep these integrated graphics from the IOMMU, whatever the command line
 * says: quirk_iommu_igfx() of drivers/iommu/intel/iommu.c, by the ids of the graphics or of the
 * host bridge beside them, which the graphics' own are next to. Of Q35 and QM57 not all kernels do.
 */
static bool is_refused(const struct pci_function *function)
{
	static const struct {
		uint16_t first, last;
	} devices[] = {
		{0x0042, 0x0046}, /* QM57, by its host bridge 0044 */
		{0x1600, 0x163f}, /* Broadwell */
		{0x29b2, 0x29b2}, /* Q35 */
		{0x2a42, 0x2a42}, /* GM45, by its host bridge 2a40 */
		{0x2e02, 0x2e92}, /* G4x, by their host bridges 2e00 to 2e90 */
	};

	for (size_t i = 0; i < ARRAY_LENGTH(devices); i++) {
		if (function->device.value >= devices[i].first &&
		    function->device.value <= devices[i].last)
			return true;
	}
	return !fact_known(&function->device.fact);
}

bool caution_parameter_keeps_igd(const struct cmdline_parameter *parameter)
{
	return parameter->value && cmdline_same_name(parameter->name, "intel_iommu") &&
	       cmdline_list_has(parameter->value, "igfx_off");
}

bool caution_keeps_igd(const struct host *host, const struct pci_function *function)
{
	if (!fact_absent(&function->group.fact) || !caution_is_igd(function) ||
	    is_refused(function))
		return false;
	for (size_t i = 0; i < host->cmdline.count; i++) {
		if (caution_parameter_keeps_igd(&host->cmdline.parameters[i]))
			return true;
	}
	return false;
}

/* What a picture takes: docs/igd-assign.txt and hw/vfio/igd.c of QEMU. */
void caution_igd(struct caution_builder *builder, const struct pci_function *function)
{
	struct caution caution = {
		.kind = CAUTION_IGD,
		.why = "it is Intel's integrated graphics: a guest shows a picture on it only at the "
		       "guest address 00:02.0, on the root bus and with its OpRegion",
		.finding = "caution.igd",
		.remedy = "Give it the guest address 0000:00:02.0 (not below a root port) and "
			  "x-igd-opregion=on; it has no ROM of its own that a file could replace",
		.evidence = &function->vendor.fact,
	};

	if (!caution_is_igd(function))
		return;
	if (caution_keeps_igd(builder->host, function)) {
		caution.why = "it is Intel's integrated graphics, which igfx_off on the kernel "
			      "command line keeps from the IOMMU, and so from any guest";
		caution.remedy = "Take igfx_off out of intel_iommu= and reboot; then give it the "
				 "guest address 0000:00:02.0 and x-igd-opregion=on";
		caution.evidence = &builder->host->cmdline.fact;
	}
	caution_add(builder, function, &caution);
}

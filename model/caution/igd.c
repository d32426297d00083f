/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

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

/* intel_iommu=igfx_off leaves it to no unit, and so to no group: intel_iommu_setup() of
 * drivers/iommu/intel/iommu.c. */
static bool is_kept_from_units(const struct host *host, const struct pci_function *function)
{
	if (!fact_absent(&function->group.fact))
		return false;
	for (size_t i = 0; i < host->cmdline.count; i++) {
		const struct cmdline_parameter *parameter = &host->cmdline.parameters[i];
		if (parameter->value && cmdline_same_name(parameter->name, "intel_iommu") &&
		    strstr(parameter->value, "igfx_off"))
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
	if (is_kept_from_units(builder->host, function)) {
		caution.why = "it is Intel's integrated graphics, which igfx_off on the kernel "
			      "command line keeps from the IOMMU, and so from any guest";
		caution.remedy = "Take igfx_off out of intel_iommu= and reboot; then give it the "
				 "guest address 0000:00:02.0 and x-igd-opregion=on";
		caution.evidence = &builder->host->cmdline.fact;
	}
	caution_add(builder, function, &caution);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/caution/builder.h"
#include "model/dma/iommu_registers.h"

/* linux/ioport.h; PCI_IOV_RESOURCES of linux/pci.h, as many as there are BARs */
enum { RESOURCE_MEMORY = 0x200, RESOURCE_64_BIT = 0x100000, BAR_LINES = 6, FIRST_VF_BAR_LINE = 7 };

/* The BARs of a VF lie in the VF BARs of its PF. */
bool caution_has_wide_bar(const struct pci_function *function)
{
	bool is_vf = pci_is_vf(function) && function->pf;
	const struct pci_resources *resources = &(is_vf ? function->pf : function)->resources;
	const uint64_t wanted = RESOURCE_MEMORY | RESOURCE_64_BIT;
	size_t first = is_vf ? FIRST_VF_BAR_LINE : 0;

	for (size_t i = first; i < first + BAR_LINES && i < resources->count; i++) {
		if ((resources->lines[i].flags & wanted) == wanted)
			return true;
	}
	return false;
}

/*
 * A guest's firmware places 64-bit BARs near the end of the addresses that the guest's processor
 * has (OVMF, SeaBIOS 1.16.3), which with host-passthrough are the host's. VFIO maps them for the
 * other devices of the guest, and VFIO_IOMMU_MAP_DMA refuses what the unit cannot translate.
 */
void caution_address_width(struct caution_builder *builder, const struct pci_function *function)
{
	unsigned processor = builder->host->cpu.physical_bits;
	struct iommu_registers registers;

	if (!caution_has_wide_bar(function))
		return;
	unsigned width = iommu_width_of(builder->sources->dma_units, function, &registers);
	if (!width || processor <= width)
		return;
	const struct caution caution = {
		.kind = CAUTION_ADDRESS_WIDTH,
		.why = arena_printf(
			builder->arena,
			"it has 64-bit BARs, and its IOMMU translates %u bits of address "
			"where the processor has %u: a guest's firmware may place them "
			"where VFIO cannot map them",
			width, processor),
		.finding = "caution.address-width",
		.remedy = arena_printf(builder->arena,
				       "Limit the guest's addresses: <maxphysaddr "
				       "mode='passthrough' limit='%u'/> in its <cpu>, or "
				       "guest-phys-bits=%u for QEMU's -cpu host",
				       width, width),
		.evidence = &builder->host->cpu.fact,
	};
	caution_add(builder, function, &caution);
}

void caution_stale_group(struct caution_builder *builder, const struct pci_function *function)
{
	const struct isolation_group *group = isolation_of(builder->sources->isolation, function);

	if (stale_group_of(builder->sources->stale_groups, function) != STALE_YES || !group)
		return;
	const struct isolation_culprit *cause = stale_next_cause(group->culprits);
	const struct caution caution = {
		.kind = CAUTION_STALE_GROUP,
		.why = arena_printf(builder->arena,
				    "its group is out of date: %s, and past the IOMMU it reaches "
				    "devices of other groups",
				    stale_cause_words(cause, builder->arena)),
		.finding = "isolation.stale-group",
		.remedy = STALE_GROUP_REMEDY,
		.evidence = &cause->function->config.fact,
	};
	caution_add(builder, function, &caution);
}

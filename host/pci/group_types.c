/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/group_types.h"

/* Where a group has no default domain the kernel says "unknown" (iommu_group_show_type() of
 * drivers/iommu/iommu.c). */
static struct fact_text read_type(struct root *root, struct arena *arena, uint32_t id)
{
	struct fact_text type = root_read_line(
		root, arena, arena_printf(arena, "/sys/kernel/iommu_groups/%u/type", id));

	if (fact_text_is(&type, "unknown") || fact_text_is(&type, ""))
		return (struct fact_text){.fact = fact_of(FACT_ABSENT, type.fact.source, 0)};
	return type;
}

void iommu_group_types_load(struct root *root, struct arena *arena, const struct pci *pci,
			    struct iommu_groups *groups)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (pci_is_vf(function) || !fact_known(&function->group.fact))
			continue;
		const struct iommu_group *found = iommu_group_find(groups, function->group.value);
		if (!found || found->type.fact.source)
			continue;
		groups->groups[found - groups->groups].type = read_type(root, arena, found->id);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/caution/builder.h"

void caution_stale_group(struct caution_builder *builder, const struct pci_function *function)
{
	const struct isolation_group *group = isolation_of(builder->sources->isolation, function);

	if (stale_group_of(builder->sources->stale_groups, function) != STALE_YES || !group)
		return;
	const struct pci_function *cause = stale_next_cause(group->culprits)->function;
	const struct caution caution = {
		.kind = CAUTION_STALE_GROUP,
		.why = arena_printf(builder->arena,
				    "its group is out of date: ACS bits of %s are off since boot, "
				    "and past the IOMMU it reaches devices of other groups",
				    cause->name),
		.finding = "isolation.stale-group",
		.remedy = "Take away what clears the bits (setpci … ECAP_ACS+6.w=0) and boot again",
		.evidence = &cause->config.fact,
	};
	caution_add(builder, function, &caution);
}

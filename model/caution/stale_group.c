/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/caution/builder.h"

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

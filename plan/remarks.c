/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/builder.h"

static void add(struct plan_builder *builder, struct plan_remark ***end,
		const struct pci_function *function, const struct caution *caution, bool known)
{
	for (; caution; caution = caution->next) {
		struct plan_remark *remark = arena_alloc(builder->arena, sizeof(*remark));
		if (!remark)
			return;
		*remark = (struct plan_remark){
			.function = function, .caution = caution, .known = known};
		**end = remark;
		*end = &remark->next;
	}
}

void plan_remarks(struct plan_builder *builder)
{
	const struct cautions *cautions = &builder->model->cautions;
	struct plan_remark **end = &builder->plan->remarks;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		add(builder, &end, function, cautions_of(cautions, function), true);
		add(builder, &end, function, cautions_planned_of(cautions, function), true);
		add(builder, &end, function, cautions_unknown_of(cautions, function), false);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/model.h"

#include "model/caution/build.h"

static void build_cautions(struct model *model, struct arena *arena)
{
	const struct caution_sources sources = {
		.host = model->host,
		.parameters = &model->parameters,
		.dma_units = &model->dma_units,
		.isolation = &model->isolation,
		.stale_groups = &model->stale_groups,
		.host_uses = &model->host_uses,
		.assignability = &model->assignability,
	};

	cautions_build(&sources, arena, &model->cautions);
}

void model_build(const struct host *host, struct arena *arena, struct model *ret)
{
	*ret = (struct model){.host = host};
	kernel_parameters_build(&host->cmdline, arena, &ret->parameters);
	dma_units_build(host, arena, &ret->dma_units);
	interrupt_remapping_build(host, &ret->parameters, &ret->dma_units, arena, &ret->interrupts);
	reserved_memory_build(host, &ret->dma_units, arena, &ret->reserved_memory);
	isolation_build(host, &ret->parameters, &ret->dma_units, arena, &ret->isolation);
	stale_groups_build(&ret->isolation, &ret->parameters, &ret->dma_units, arena,
			   &ret->stale_groups);
	host_uses_build(host, arena, &ret->host_uses);
	companions_build(host, &ret->isolation, &ret->host_uses, arena, &ret->companions);
	assignability_build(host, &ret->reserved_memory, &ret->host_uses, &ret->interrupts,
			    &ret->companions, arena,
			    &ret->assignability);
	build_cautions(ret, arena);
	vf_budgets_build(host, arena, &ret->vf_budgets);
}

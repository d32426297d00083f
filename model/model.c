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

static void build_usable_vfs(struct model *model, struct arena *arena)
{
	const struct usable_grounds grounds = {
		.host = model->host,
		.budgets = &model->vf_budgets,
		.isolation = &model->isolation,
		.assignability = &model->assignability,
		.interrupts = &model->interrupts,
		.vfio_modules = &model->vfio_modules,
	};

	usable_vfs_build(&grounds, arena, &model->usable_vfs);
}

void model_build(const struct host *host, struct arena *arena, struct model *ret)
{
	*ret = (struct model){.host = host};
	host_platform_build(host, &ret->platform);
	kernel_parameters_build(&host->cmdline, arena, &ret->parameters);
	dma_units_build(host, arena, &ret->dma_units);
	interrupt_remapping_build(host, &ret->platform, &ret->parameters, &ret->dma_units, arena,
				  &ret->interrupts);
	reserved_memory_build(host, &ret->platform, &ret->dma_units, arena, &ret->reserved_memory);
	isolation_build(host, &ret->platform, &ret->parameters, &ret->dma_units, arena,
			&ret->isolation);
	ret->acs_override = acs_override_judge(&ret->isolation, &ret->platform, &ret->parameters,
					       &ret->dma_units, arena);
	line_effects_build(host, &ret->platform, ret->acs_override, &host->cmdline, arena,
			   &ret->line_effects);
	next_boot_build(host, arena, &ret->next_boot);
	stale_groups_build(&ret->isolation, &ret->platform, &ret->parameters, &ret->dma_units,
			   arena, &ret->stale_groups);
	alone_build(host, &ret->isolation, &ret->stale_groups, ret->acs_override, arena,
		    &ret->alone);
	host_uses_build(host, arena, &ret->host_uses);
	companions_build(host, &ret->isolation, &ret->host_uses, arena, &ret->companions);
	twins_build(host, arena, &ret->twins);
	vfio_modules_find(host, &ret->line_effects, arena, &ret->vfio_modules);
	const struct assignability_grounds grounds = {
		.host = host,
		.platform = &ret->platform,
		.units = &ret->dma_units,
		.isolation = &ret->isolation,
		.memory = &ret->reserved_memory,
		.uses = &ret->host_uses,
		.interrupts = &ret->interrupts,
		.companions = &ret->companions,
		.vfio_modules = &ret->vfio_modules,
	};
	assignability_build(&grounds, arena, &ret->assignability);
	build_cautions(ret, arena);
	vf_budgets_build(host, arena, &ret->vf_budgets);
	build_usable_vfs(ret, arena);
	persistences_build(host, arena, &ret->persistences);
	ret->log = log_findings_of(&host->logs, arena);
}

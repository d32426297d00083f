/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "plan/boot/binding.h"
#include "plan/boot/ids.h"
#include "plan/boot/modprobe_file.h"
#include "plan/boot/options.h"
#include "plan/builder.h"

/* A VF of a vGPU driver comes back without its profile. */
static void keep_profile(struct plan_builder *builder, const struct pci_function *vf)
{
	const struct fact_number *type = &vf->vgpu_type;

	if (!fact_known(&type->fact) || type->value <= 0)
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "vgpu-profile", vf,
			      "Set the vGPU profile %" PRId64 " of %s again at every boot, once "
			      "its VFs are made",
			      type->value, vf->name);
	step->why = arena_printf(builder->arena, "%s is 0 after a reboot", type->fact.source);
}

/* VFs that were made by hand are gone after a reboot. */
void plan_keep_vfs(struct plan_builder *builder)
{
	const struct pci_function *kept = NULL;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *pf = builder->taken[i]->pf;
		if (!pf || pf == kept || !fact_known(&pf->sriov.numvfs.fact))
			continue;
		kept = pf;
		plan_persist_pf(builder, pf);
		plan_persist_vfs(builder, pf, pf->sriov.numvfs.value);
	}
	plan_set_up_vfs_again(builder);
	for (size_t i = 0; i < builder->taken_count; i++)
		keep_profile(builder, builder->taken[i]);
}

void plan_persist(struct plan_builder *builder)
{
	size_t before;

	plan_correct_saved(builder);
	if (builder->taken_count)
		plan_doubt_ids(builder);
	before = builder->plan->count;
	plan_drop_refusals(builder);
	plan_add_options(builder);
	for (size_t i = 0; i < builder->taken_count; i++)
		plan_bind_at_boot(builder, builder->taken[i]);
	plan_load_at_boot(builder);
	if ((builder->plan->count > before || builder->ids_placed ||
	     plan_ids_are_in_doubt(builder)) &&
	    !plan_vfio_is_built_in(builder))
		plan_add_initramfs(builder);
	plan_name_ids_in_doubt(builder);
	plan_name_bindings_in_doubt(builder);
	plan_keep_vfs(builder);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/sriov/vfs_undo.h"

#include <string.h>

#include "model/assign/vfio_driver.h"
#include "model/modules/module_option.h"
#include "model/persistence/persistence.h"
#include "model/sriov/vf_budget.h"
#include "plan/sriov/vfs_at_boot.h"

/* The option is for all PFs that vfio-pci has, and goes with the last of them that has VFs. */
static void drop_enable_sriov(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct module_option option =
		module_option_find(builder->host, builder->arena, "vfio_pci", "enable_sriov");
	const struct pci *pci = &builder->host->pci;

	if (!option.text || strcmp(option.place->source, PLAN_VFIO_OPTIONS) != 0)
		return;
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *other = &pci->functions[i];
		if (other != pf && driver_is_vfio(other) && pci_has_vfs(other))
			return;
	}
	struct plan_step *step = plan_add_step(builder, PLAN_PERSIST, "drop-enable-sriov", pf,
					       "Have vfio-pci make no VFs at boot");
	plan_drop_read(builder, step, PLAN_ENABLE_SRIOV, PLAN_VFIO_OPTIONS);
	plan_rebuild_initramfs(builder, &step->commands);
}

/* A PF that comes back from VFIO would have VFs again by the rule, as its driver is bound. */
static void drop_vfs_rule(struct plan_builder *builder, const struct pci_function *pf)
{
	bool comes_back = plan_is_on_vfio(pf);
	/* KERNEL== of the function, or KERNELS== of what is above an interface */
	const char *names_it = arena_printf(builder->arena, "==\"%s\"", pf->name);
	struct plan_step *step =
		plan_add_step(builder, comes_back ? PLAN_NOW : PLAN_PERSIST, "drop-vfs-rule", pf,
			      "Take the rule for the VFs of %s away", pf->name);

	plan_drop_lines(builder, step, names_it, VF_RULES_FILE);
	if (comes_back && step->commands)
		plan_run(builder, &step->commands, "udevadm control --reload");
	step->done = plan_condition(builder, "! grep -qs '%s' " VF_RULES_FILE, names_it);
	drop_enable_sriov(builder, pf);
}

/* What others wrote is left to a person, who is told which PFs it is for as well. */
static void name_foreign_line(struct plan_builder *builder, const struct pci_function *pf,
			      const struct vf_persistence *line)
{
	const char *others = plan_other_pfs(builder, pf, line, 0);
	struct plan_step *step = plan_add_step(
		builder, PLAN_PERSIST, "vfs-existing", pf,
		"See whether the VFs of %s that %s %s are still wanted", pf->name,
		vf_persistence_place(line), line->state == PERSISTENCE_MADE ? "makes" : "may make");

	step->why = arena_printf(builder->arena, "its line is%s%s%s: %s",
				 others ? " for others, too (" : "", others ? others : "",
				 others ? "), which lose theirs with it" : "",
				 plan_shown_line(builder, line->setting));
}

void plan_undo_pf(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_persistence found =
		vf_persistence_of(&builder->model->persistences, pf, pf->sriov.numvfs.value);

	if (fact_absent(&pf->sriov.totalvfs.fact))
		return;
	bool own = found.setting && strcmp(found.setting->source, VF_RULES_FILE) == 0;
	if (found.setting && !own)
		name_foreign_line(builder, pf, &found);
	/* vfio-pci takes them away itself as it lets go (vfio_pci_core_unregister_device()). */
	if (own || plan_is_on_vfio(pf))
		plan_disable_vfs(builder, pf);
	if (own)
		drop_vfs_rule(builder, pf);
}

void plan_undo_pf_of(struct plan_builder *builder, const struct pci_function *vf)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, vf->pf);
	const struct vf_persistence found = vf_persistence_of(&builder->model->persistences, vf->pf,
							      vf->pf->sriov.numvfs.value);

	if (!found.setting || strcmp(found.setting->source, VF_RULES_FILE) != 0 ||
	    plan_asks_for(builder, vf->pf))
		return;
	for (size_t i = 0; budget && i < budget->vf_count; i++) {
		if (driver_is_vfio(budget->vfs[i]) && !plan_takes(builder, budget->vfs[i]))
			return;
	}
	for (size_t i = 0; i < builder->taken_count && builder->taken[i] != vf; i++) {
		if (builder->taken[i]->pf == vf->pf)
			return;
	}
	drop_vfs_rule(builder, vf->pf);
}

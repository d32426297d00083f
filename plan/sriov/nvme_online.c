/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/sriov/nvme_online.h"

#include "model/sriov/nvme_setup.h"
#include "model/sriov/vf_bus.h"

void plan_nvme_online(struct plan_builder *builder, const struct pci_function *pf, uint32_t first,
		      uint32_t last, const char *who)
{
	struct text_line *commands = NULL;
	struct plan_step *step =
		plan_add_step(builder, PLAN_NOW, "nvme-online", pf,
			      "Give %s queues and interrupts, and set online what is offline", who);

	step->why =
		"a VF of an NVMe controller is offline when it is made, and VFIO takes it all "
		"the same. Give more than two where nvme primary-ctrl-caps says that there are more";
	if (!host_uses_vital(&builder->model->host_uses, pf))
		nvme_setup_add(builder->arena, pf, first, last, &commands);
	plan_run_lines(builder, &step->commands, commands);
}

void plan_nvme_online_again(struct plan_builder *builder, const struct pci_function *pf)
{
	plan_add_step(builder, PLAN_PERSIST, "nvme-online-again", pf,
		      "Set VFs of %s online again at every boot, once they are made", pf->name)
		->why =
		"they are offline, and have no queues, after a reboot. A unit for this would "
		"have to run after the VFs are made and before the first guest gets one. "
		"passcheck cannot tell when that is, so it writes none";
}

static bool may_be_offline(const struct pci_function *vf)
{
	return vf->pf && nvme_setup_is_for(vf->pf) && nvme_setup_may_lack(vf);
}

static void set_one_online(struct plan_builder *builder, const struct pci_function *vf)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, vf->pf);
	uint32_t index;

	if (budget && vf_budget_index(budget, vf, &index))
		plan_nvme_online(builder, vf->pf, index + 1, index + 1, vf->name);
	else
		plan_add_unknown(builder,
				 "cannot tell which number the VF %s has, nor whether it is online",
				 vf->name);
}

void plan_nvme_set_up(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (may_be_offline(builder->taken[i]))
			set_one_online(builder, builder->taken[i]);
	}
}

void plan_nvme_set_up_again(struct plan_builder *builder)
{
	const struct pci_function *done = NULL;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *vf = builder->taken[i];
		if (!may_be_offline(vf) || vf->pf == done)
			continue;
		done = vf->pf;
		plan_nvme_online_again(builder, done);
	}
}

/* Returns whether the host's own driver runs all VFs, and their number stays as it is. */
static bool are_online(const struct plan_builder *builder, const struct pci_function *pf,
		       unsigned vfs)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);

	if (!budget || budget->vf_count != vfs)
		return false;
	for (size_t i = 0; i < budget->vf_count; i++) {
		if (nvme_setup_may_lack(budget->vfs[i]))
			return false;
	}
	return true;
}

bool plan_nvme_is_offline(const struct plan_builder *builder, const struct pci_function *pf,
			  unsigned vfs)
{
	return nvme_setup_is_for(pf) && !are_online(builder, pf, vfs);
}

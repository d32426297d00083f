/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "model/plan_builder.h"

#define DEVICES "/sys/bus/pci/devices"

/* Returns whether the kernel can make that many VFs; notes what is against it. */
static bool check_budget(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);

	if (!budget) {
		plan_add_unknown(builder, "how many VFs %s can have could not be read", pf->name);
		return true;
	}
	switch (vf_budget_allows(budget, vfs)) {
	case VF_ANSWER_NO:
		plan_add_obstacle(builder, "%s cannot have %u VFs: %s", pf->name, vfs,
				  vf_budget_summary(budget, builder->arena));
		return false;
	case VF_ANSWER_UNKNOWN:
		plan_add_unknown(builder, "whether %s can have %u VFs could not be told: %s",
				 pf->name, vfs, vf_budget_summary(budget, builder->arena));
		return true;
	case VF_ANSWER_YES:
		return true;
	}
	return true;
}

static void load_driver(struct plan_builder *builder, const struct pci_function *pf)
{
	struct plan_step *step;

	if (!fact_absent(&pf->driver.fact))
		return;
	step = plan_add_step(builder, PLAN_NOW, "load-driver", pf, "Load the driver of %s",
			     pf->name);
	step->why = "it is the driver that makes VFs";
	plan_add_line(builder->arena, &step->commands,
		      "modprobe \"$(cat " DEVICES "/%s/modalias)\"", pf->name);
}

static void enable(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	struct plan_step *step = plan_add_step(builder, PLAN_NOW, "enable-vfs", pf,
					       "Make %u VFs of %s", vfs, pf->name);

	/* The kernel changes the number only from 0: sriov_numvfs_store(), EBUSY. */
	if (pf->sriov.numvfs.value > 0)
		plan_add_line(builder->arena, &step->commands,
			      "echo 0 > " DEVICES "/%s/sriov_numvfs", pf->name);
	plan_add_line(builder->arena, &step->commands, "echo %u > " DEVICES "/%s/sriov_numvfs", vfs,
		      pf->name);
}

/* Returns whether the line has the name, and not as a part of a longer one: eth1 is not eth10. */
static bool names(const char *line, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = strstr(line, name); at; at = strstr(at + 1, name)) {
		if ((at == line || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[length]))
			return true;
	}
	return false;
}

/* Returns whether a line of the host's configuration speaks of the PF or of its interface. */
static bool is_configured(const struct host *host, const struct pci_function *pf)
{
	for (size_t i = 0; i < host->sriov_config.count; i++) {
		const char *line = host->sriov_config.settings[i].line;
		if (names(line, pf->name))
			return true;
		for (size_t k = 0; k < pf->netdevs.count; k++) {
			if (names(line, pf->netdevs.names[k]))
				return true;
		}
	}
	return false;
}

/* The driver makes VFs, so that the rule waits until it is bound (uevent "bind", since 4.14). */
void plan_persist_vfs(struct plan_builder *builder, const struct pci_function *pf, int64_t vfs)
{
	struct arena *arena = builder->arena;
	struct plan_step *step;

	if (is_configured(builder->host, pf))
		return;
	step = plan_add_step(builder, PLAN_PERSIST, "vfs-udev-rule", pf,
			     "Make %" PRId64 " VFs of %s at every boot", vfs, pf->name);
	plan_add_line(arena, &step->commands,
		      "echo 'ACTION==\"bind\", SUBSYSTEM==\"pci\", KERNEL==\"%s\", "
		      "ATTR{sriov_numvfs}=\"%" PRId64
		      "\"' >> /etc/udev/rules.d/70-passcheck-vfs.rules",
		      pf->name, vfs);
	plan_add_line(arena, &step->commands, "udevadm control --reload");
}

static void plan_pf(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	const struct fact_number *numvfs = &pf->sriov.numvfs;

	if (fact_absent(&pf->sriov.totalvfs.fact)) {
		plan_add_obstacle(builder, "%s offers no VFs", pf->name);
		return;
	}
	if (!check_budget(builder, pf, vfs))
		return;
	if (!fact_known(&numvfs->fact)) {
		plan_add_unknown(builder, "how many VFs %s has could not be read", pf->name);
		return;
	}
	if (numvfs->value != (int64_t)vfs) {
		load_driver(builder, pf);
		enable(builder, pf, vfs);
	}
	plan_persist_vfs(builder, pf, vfs);
}

void plan_vfs(struct plan_builder *builder, unsigned vfs)
{
	for (size_t i = 0; i < builder->count; i++)
		plan_pf(builder, builder->functions[i], vfs);
}

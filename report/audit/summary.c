/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/summary.h"

static void count_blocker(const struct blocker *first, struct audit_summary *summary)
{
	summary->blocked_by[first->kind]++;
	summary->beside_host_use += first->kind == BLOCKER_HOST_USE && first->companion;
}

static void count_function(const struct audit *audit, const struct pci_function *function,
			   struct audit_summary *summary)
{
	const struct model *model = &audit->model;
	const struct assignable *assignable = assignability_of(&model->assignability, function);

	summary->functions[assignable->verdict]++;
	summary->classes[class_word_of(function)][assignable->verdict]++;
	if (assignable->verdict == ASSIGNABLE_BLOCKED && assignable->blockers)
		count_blocker(assignable->blockers, summary);
	summary->cautioned += cautions_of(&model->cautions, function) != NULL;
}

static void count_vfs(const struct vf_budget *budget, const struct usable_vfs *usable,
		      struct vf_summary *vfs)
{
	const struct fact_number *enabled = &budget->function->sriov.numvfs;

	if (fact_known(&enabled->fact) && enabled->value > 0)
		vfs->enabled += (uint64_t)enabled->value;
	vfs->enabled_known &= fact_settled(&enabled->fact);
	vfs->possible += budget->at_least;
	vfs->possible_known &= vf_budget_exact(budget) && !budget->driver_may_refuse;
	if (usable)
		vfs->usable += usable->at_least;
	vfs->usable_known &= usable && usable->at_least == usable->at_most;
}

/* A capability that was not read has VFs of which nothing is known. */
static bool may_have_vfs(const struct pci_function *function)
{
	struct sriov_capability sriov = sriov_decode(&function->config);

	return !pci_is_vf(function) && sriov.capability.state != FACT_ABSENT &&
	       sriov.capability.state != FACT_KNOWN;
}

static void count_functions(const struct audit *audit, struct audit_summary *summary)
{
	const struct model *model = &audit->model;
	struct vf_summary *vfs = &summary->vfs;

	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		const struct vf_budget *budget = vf_budget_of(&model->vf_budgets, function);
		count_function(audit, function, summary);
		if (budget)
			count_vfs(budget, usable_vfs_of(&model->usable_vfs, function), vfs);
		else if (may_have_vfs(function))
			vfs->enabled_known = vfs->possible_known = vfs->usable_known = false;
	}
}

struct audit_summary audit_summarize(const struct audit *audit)
{
	const struct judged_findings *judged = &audit->judged;
	/* Of functions that could not be listed nothing is known. */
	bool listed = fact_known(&audit->model.host->pci.fact);
	struct audit_summary summary = {
		.host_findings = judged->host_counts,
		.vfs = {.enabled_known = listed, .possible_known = listed, .usable_known = listed},
	};

	for (size_t i = 0; i < judged->count; i++) {
		if (!finding_concerns_host(judged->items[i]))
			summary.function_findings.of[judged->items[i]->verdict]++;
	}
	for (size_t i = 0; i < audit->requirement_count; i++)
		summary.requirements[audit->requirements[i].state]++;
	count_functions(audit, &summary);
	return summary;
}

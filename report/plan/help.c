/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/plan/help.h"

#include <stdlib.h>
#include <string.h>

#include "checks/function/assignability.h"
#include "host/base/affix.h"
#include "host/base/array.h"

/* Findings, by how their ids begin, and the steps that put right what they find wrong. */
struct cover {
	const char *finding;
	const char *steps[2];
};

#define REMAPPING_STEPS                                                                            \
	{                                                                                          \
		"firmware-iommu", "kernel-parameters"                                              \
	}

static const struct cover covers[] = {
	{"cpu-virtualization.", {"firmware-virtualization", "load-kvm"}},
	{"acpi-", REMAPPING_STEPS},
	{"iommu-", REMAPPING_STEPS},
	{"interrupt-", REMAPPING_STEPS},
	{"dma-units.", REMAPPING_STEPS},
	{"kernel-cmdline.", REMAPPING_STEPS},
	{"boot-config.", REMAPPING_STEPS},
	{"assignability.vgpu-profile", {"vgpu-profile"}},
	{"sriov.", {"firmware-sriov", "firmware-above-4g"}},
	{"vf-budget.", {"firmware-sriov", "firmware-above-4g"}},
};

/* What keeps a physical function from VFs, or these from guests of their own. */
static const char *const against_vfs[] = {
	"sriov.",
	"sriov-vfs.",
	"vf-budget.",
	"sriov-config.vf-in-pf-group",
};

/* What only keeps a later boot as this one puts nothing right. */
static bool has_step(const struct plan *plan, const char *id)
{
	for (size_t i = 0; id && i < plan->count; i++) {
		if (plan->steps[i].stage != PLAN_PERSIST && strcmp(plan->steps[i].id, id) == 0)
			return true;
	}
	return false;
}

bool plan_puts_right(const struct plan *plan, const struct finding *finding)
{
	for (size_t i = 0; i < ARRAY_LENGTH(covers); i++) {
		if (begins_with(finding->kind->id, covers[i].finding))
			return has_step(plan, covers[i].steps[0]) ||
			       has_step(plan, covers[i].steps[1]);
	}
	return false;
}

struct search {
	const struct plan *plan;
	const struct audit *page;
	unsigned vfs;    /* that are asked for; 0: functions */
	bool host_helps; /* what puts the host right may bring functions or VFs to a guest */
	struct arena *arena;
	struct plan_help *first, **end;
};

static const struct blocker *blockers_of(const struct search *search,
					 const struct pci_function *function)
{
	return assignability_of(&search->page->model.assignability, function)->blockers;
}

/* What steps remove, or findings on the host explain, needs no help of the function's own. */
static bool is_of_function(enum blocker_kind kind)
{
	return kind != BLOCKER_REMAPPING_OFF && kind != BLOCKER_INTERRUPTS &&
	       kind != BLOCKER_VFIO_MODULE && kind != BLOCKER_VFS_ENABLED;
}

/* What the host needs is a finding without a remedy; what helps stands with what follows. */
static bool explains(const struct finding *finding, const struct blocker *blocker)
{
	const char *id = blocker->kind == BLOCKER_HOST_USE ? "assignability.blocked"
							   : assignability_finding(blocker);

	return strcmp(finding->kind->id, id) == 0;
}

static bool is_on_blocker(const struct search *search, const struct finding *finding)
{
	const struct pci_function *function =
		pci_find_name(&search->page->model.host->pci, finding->subject.id);

	if (!function)
		return false;
	for (const struct blocker *blocker = blockers_of(search, function); blocker;
	     blocker = blocker->next) {
		if (is_of_function(blocker->kind) && explains(finding, blocker))
			return true;
	}
	return false;
}

static bool has_own_blocker(const struct search *search)
{
	const struct selection *selection = &search->page->selection;

	for (size_t i = 0; i < selection->count; i++) {
		for (const struct blocker *blocker = blockers_of(search, selection->functions[i]);
		     blocker; blocker = blocker->next) {
			if (is_of_function(blocker->kind))
				return true;
		}
	}
	return false;
}

/* What the host needs itself stays with it, whatever group it is in. */
static bool is_blocked_by_group(const struct search *search, const struct pci_function *function)
{
	if (assignable_host_use(assignability_of(&search->page->model.assignability, function)))
		return false;
	for (const struct blocker *blocker = blockers_of(search, function); blocker;
	     blocker = blocker->next) {
		if (blocker->kind == BLOCKER_OWN_PF || blocker->companion)
			return true;
	}
	return false;
}

static bool is_on_blocking_group(const struct search *search, const struct finding *finding)
{
	const struct selection *selection = &search->page->selection;

	if (!begins_with(finding->kind->id, "isolation."))
		return false;
	int64_t group = strtoll(finding->subject.id, NULL, 10);
	for (size_t i = 0; i < selection->count; i++) {
		const struct pci_function *function = selection->functions[i];
		if (fact_known(&function->group.fact) && function->group.value == group &&
		    is_blocked_by_group(search, function))
			return true;
	}
	return false;
}

static bool is_against_vfs(const struct finding *finding)
{
	for (size_t i = 0; i < ARRAY_LENGTH(against_vfs); i++) {
		if (begins_with(finding->kind->id, against_vfs[i]))
			return finding_is_wrong(finding);
	}
	return false;
}

/* Nothing gives a function more VFs than it has, or than its driver ever makes. */
static bool is_beyond(const struct search *search, const struct finding *finding)
{
	const struct model *model = &search->page->model;
	const struct pci_function *pf = pci_find_name(&model->host->pci, finding->subject.id);
	const struct vf_budget *budget = pf ? vf_budget_of(&model->vf_budgets, pf) : NULL;

	return budget && (search->vfs > budget->capability.total_vfs ||
			  vf_budget_refused_for_good(budget, search->vfs, search->arena));
}

static bool obstructs(const struct search *search, const struct finding *finding)
{
	if (finding->verdict == FINDING_UNKNOWN)
		return false;
	switch (finding->subject.type) {
	case SUBJECT_FUNCTION:
		return search->vfs ? is_against_vfs(finding) && !is_beyond(search, finding)
				   : is_on_blocker(search, finding);
	case SUBJECT_GROUP:
		return !search->vfs && finding_is_wrong(finding) &&
		       is_on_blocking_group(search, finding);
	default:
		if (is_against_vfs(finding))
			return search->vfs;
		return search->host_helps && judged_decides(&search->page->judged, finding);
	}
}

/* Some obstacles name the remedy themselves. */
static bool is_told(const struct search *search, const char *remedy)
{
	for (const struct text_line *line = search->plan->obstacles; line; line = line->next) {
		if (strstr(line->text, remedy))
			return true;
	}
	for (const struct plan_help *help = search->first; help; help = help->next) {
		if (strcmp(help->remedy, remedy) == 0)
			return true;
	}
	return false;
}

static void add_help(struct search *search, const struct finding *finding)
{
	struct plan_help *help;

	if (!finding->remedy || plan_puts_right(search->plan, finding) ||
	    is_told(search, finding->remedy))
		return;
	help = arena_alloc(search->arena, sizeof(*help));
	if (!help)
		return;
	*help = (struct plan_help){.remedy = finding->remedy, .commands = finding->commands};
	*search->end = help;
	search->end = &help->next;
}

/* Of what follows from another finding, that one has the remedy: so does a report show it. */
static const struct finding *cause_of(const struct judged_findings *judged, size_t index)
{
	size_t cause = judged->causes[index];
	bool helps = cause != JUDGED_ALONE && judged->items[cause]->remedy;

	return judged->items[helps ? cause : index];
}

/* No guest gets a bridge, whatever is done. */
static bool has_candidate(const struct audit *page)
{
	for (size_t i = 0; i < page->selection.count; i++) {
		if (assignability_of(&page->model.assignability, page->selection.functions[i])
			    ->verdict != ASSIGNABLE_NOT_A_CANDIDATE)
			return true;
	}
	return false;
}

static bool may_have_vfs(const struct audit *page)
{
	for (size_t i = 0; i < page->selection.count; i++) {
		if (!fact_absent(&page->selection.functions[i]->sriov.totalvfs.fact))
			return true;
	}
	return false;
}

struct plan_help *plan_help_find(const struct plan *plan, const struct audit *page, unsigned vfs,
				 struct arena *arena)
{
	struct search search = {.plan = plan, .page = page, .vfs = vfs, .arena = arena};

	search.end = &search.first;
	search.host_helps = !has_own_blocker(&search) && (!vfs || may_have_vfs(page));
	for (size_t i = 0; has_candidate(page) && i < page->judged.count; i++) {
		if (obstructs(&search, page->judged.items[i]))
			add_help(&search, cause_of(&page->judged, i));
	}
	return search.first;
}

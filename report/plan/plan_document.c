/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/plan/plan_document.h"

#include <errno.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"

static const enum host_verdict host_verdicts[] = {
	[PLAN_COMPLETE] = HOST_READY,
	[PLAN_UNDETERMINED] = HOST_UNDETERMINED,
	[PLAN_OBSTRUCTED] = HOST_NOT_READY,
};

ASSERT_COVERS(host_verdicts, PLAN_VERDICT_COUNT);

/* Checks, by how their ids begin, and the steps that put right what they find wrong. */
struct cover {
	const char *check;
	const char *steps[2];
};

#define REMAPPING_STEPS                                                                            \
	{                                                                                          \
		"firmware-iommu", "kernel-parameters"                                              \
	}

static const struct cover covers[] = {
	{"cpu-virtualization", {"firmware-virtualization", "load-kvm"}},
	{"acpi-", REMAPPING_STEPS},
	{"iommu-", REMAPPING_STEPS},
	{"interrupt-", REMAPPING_STEPS},
	{"dma-units", REMAPPING_STEPS},
	{"kernel-cmdline", REMAPPING_STEPS},
	{"boot-config", REMAPPING_STEPS},
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

static bool is_covered(const struct plan *plan, const struct finding *finding)
{
	for (size_t i = 0; i < ARRAY_LENGTH(covers); i++) {
		if (begins_with(finding->check, covers[i].check))
			return has_step(plan, covers[i].steps[0]) ||
			       has_step(plan, covers[i].steps[1]);
	}
	return false;
}

/* A plan for the host leads to a ready one: what keeps it from that and no step puts right stands
 * in the way, with what its check says of it. */
static void add_findings(struct plan_document *document)
{
	const struct judged_findings *judged = &document->audit->judged;
	struct plan *plan = &document->plan;

	for (size_t i = 0; i < judged->count; i++) {
		const struct finding *finding = judged->items[i];
		if (!judged_decides(judged, finding) || is_covered(plan, finding))
			continue;
		lines_add(document->arena,
			  finding->verdict == FINDING_FAIL ? &plan->obstacles : &plan->unknowns,
			  "%s%s%s", finding->summary, finding->remedy ? ". " : "",
			  finding->remedy ? finding->remedy : "");
	}
	plan_judge(plan, document->arena);
}

static int build_for_host(struct plan_document *document, const struct host *host,
			  const struct plan_wish *wish, const char **ret_culprit)
{
	const struct audit_input everything = {.time = ""};
	int result = audit_build(host, &everything, &document->audit, ret_culprit);

	if (result < 0)
		return result;
	plan_build(&document->audit->model, wish, document->arena, &document->plan);
	if (!wish->undo)
		add_findings(document);
	return 0;
}

/* A VF has none of its own, whatever it shows of its PF's registers. */
static bool may_have_vfs(const struct pci_function *function)
{
	return !pci_is_vf(function) && !fact_absent(&function->sriov.totalvfs.fact);
}

/* Whoever asks for VFs of "nic" means adapters that have some, as one who requires them does. Where
 * none has, the plan says of all why not. */
static void leave_out_those_without_vfs(struct selection *selection)
{
	size_t kept = 0, with_vfs = 0;

	for (size_t i = 0; i < selection->count; i++)
		with_vfs += may_have_vfs(selection->functions[i]);
	for (size_t i = 0; with_vfs && i < selection->count; i++) {
		if (!selection->alone[i] && !may_have_vfs(selection->functions[i]))
			continue;
		selection->alone[kept] = selection->alone[i];
		selection->functions[kept++] = selection->functions[i];
	}
	selection->count = with_vfs ? kept : selection->count;
}

static int build_for_functions(struct plan_document *document, const struct host *host,
			       const struct plan_input *input, const char **ret_culprit)
{
	int result = selection_build(host, input->selectors, input->selector_count, document->arena,
				     &document->selection, ret_culprit);

	if (result < 0)
		return result;
	if (input->vfs)
		leave_out_those_without_vfs(&document->selection);
	model_build(host, document->arena, &document->model);
	const struct plan_wish wish = {
		.functions = document->selection.functions,
		.count = document->selection.count,
		.vfs = input->vfs,
		.how = input->how,
		.stack = input->stack,
		.undo = input->undo,
	};
	plan_build(&document->model, &wish, document->arena, &document->plan);
	return 0;
}

/* Returns whether a finding is on what the plan is for, or decides on the host. Where VFs are asked
 * for, those of SR-IOV alone speak of them. */
static bool speaks_of_wish(const struct judged_findings *judged, const struct finding *finding,
			   bool vfs)
{
	if (vfs)
		return begins_with(finding->check, "sriov") || begins_with(finding->check, "vf-");
	return finding->subject.type == SUBJECT_FUNCTION ||
	       finding->subject.type == SUBJECT_GROUP || judged_decides(judged, finding);
}

static bool has_remedy(const struct judged_findings *judged, bool vfs)
{
	for (size_t i = 0; i < judged->count; i++) {
		const struct finding *finding = judged->items[i];
		if (finding->remedy && finding_is_wrong(finding) &&
		    speaks_of_wish(judged, finding, vfs))
			return true;
	}
	return false;
}

/* Where no step is left, the checks that a plan for functions does not run may know what helps. */
static int look_for_help(struct plan_document *document, const struct host *host, bool vfs,
			 const char **ret_culprit)
{
	const struct selection *selection = &document->selection;
	const char **names = arena_array(document->arena, selection->count + 1, sizeof(*names));
	struct audit *audit = NULL;

	/* The obstacles of a plan for the host have what helps with them. */
	if (document->audit)
		return 0;
	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < selection->count; i++)
		names[i] = selection->functions[i]->name;
	const struct audit_input page = {
		.time = "", .selectors = names, .selector_count = selection->count};
	int result = audit_build(host, &page, &audit, ret_culprit);
	if (result < 0)
		return result;
	document->page_helps = has_remedy(&audit->judged, vfs);
	audit_free(audit);
	return 0;
}

static int build(struct plan_document *document, const struct host *host,
		 const struct plan_input *input, const char **ret_culprit)
{
	const struct plan_wish for_host = {.how = input->how, .undo = input->undo};
	int result = input->selector_count ? build_for_functions(document, host, input, ret_culprit)
					   : build_for_host(document, host, &for_host, ret_culprit);

	const struct plan *plan = &document->plan;
	if (result == 0 && plan->verdict == PLAN_OBSTRUCTED && !plan->count && !plan->undo)
		result = look_for_help(document, host, input->vfs > 0, ret_culprit);
	if (result < 0)
		return result;
	document->verdict = host_verdicts[document->plan.verdict];
	return arena_failed(document->arena) ? -ENOMEM : 0;
}

static void release(struct plan_document *document)
{
	audit_free(document->audit);
	arena_free(document->arena);
}

int plan_document_build(const struct host *host, const struct plan_input *input,
			struct plan_document **ret, const char **ret_culprit)
{
	struct arena *arena = arena_new();
	struct plan_document *document = arena ? arena_alloc(arena, sizeof(*document)) : NULL;

	if (!document) {
		arena_free(arena);
		return -ENOMEM;
	}
	*document = (struct plan_document){.arena = arena};
	int result = build(document, host, input, ret_culprit);
	if (result < 0) {
		release(document);
		return result;
	}
	*ret = document;
	return 0;
}

void plan_document_free(struct plan_document *document)
{
	if (document)
		release(document);
}

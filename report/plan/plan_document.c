/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/plan/plan_document.h"

#include <errno.h>

#include "host/base/array.h"

static const enum host_verdict host_verdicts[] = {
	[PLAN_COMPLETE] = HOST_READY,
	[PLAN_UNDETERMINED] = HOST_UNDETERMINED,
	[PLAN_OBSTRUCTED] = HOST_NOT_READY,
};

ASSERT_COVERS(host_verdicts, PLAN_VERDICT_COUNT);

/* Returns whether the host may be ready with it, or steps put it right. */
static bool is_no_obstacle(const struct plan *plan, const struct judged_findings *judged,
			   const struct finding *finding)
{
	return !judged_decides(judged, finding) || plan_puts_right(plan, finding);
}

/* What follows from an obstacle goes with it. */
static bool follows_from_obstacle(const struct plan *plan, const struct judged_findings *judged,
				  size_t index)
{
	size_t cause = judged->causes[index];

	return cause != JUDGED_ALONE && judged->items[cause]->remedy &&
	       !is_no_obstacle(plan, judged, judged->items[cause]);
}

/* A plan for the host leads to a ready one: what keeps it from that and no step puts right stands
 * in the way, with what its check says of it. */
static void add_findings(struct plan_document *document)
{
	const struct judged_findings *judged = &document->audit->judged;
	struct plan *plan = &document->plan;

	for (size_t i = 0; i < judged->count; i++) {
		const struct finding *finding = judged->items[i];
		if (is_no_obstacle(plan, judged, finding) || follows_from_obstacle(plan, judged, i))
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
	document->vfs = input->vfs;
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

/* The checks that a plan for functions does not run know what helps, and what the host lacks. */
static int look_at_host(struct plan_document *document, const struct host *host, unsigned vfs,
			const char **ret_culprit)
{
	const struct selection *selection = &document->selection;
	const char **names = arena_array(document->arena, selection->count + 1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < selection->count; i++)
		names[i] = selection->functions[i]->name;
	const struct audit_input page = {
		.time = "", .selectors = names, .selector_count = selection->count};
	int result = audit_build(host, &page, &document->page, ret_culprit);
	if (result < 0)
		return result;
	if (document->plan.verdict == PLAN_OBSTRUCTED)
		document->help =
			plan_help_find(&document->plan, document->page, vfs, document->arena);
	return 0;
}

static int build(struct plan_document *document, const struct host *host,
		 const struct plan_input *input, const char **ret_culprit)
{
	const struct plan_wish for_host = {.how = input->how, .undo = input->undo};
	int result = input->selector_count ? build_for_functions(document, host, input, ret_culprit)
					   : build_for_host(document, host, &for_host, ret_culprit);

	const struct plan *plan = &document->plan;
	/* The obstacles of a plan for the host have what helps with them. */
	if (result == 0 && !document->audit && !plan->undo)
		result = look_at_host(document, host, input->vfs, ret_culprit);
	if (result < 0)
		return result;
	document->verdict = host_verdicts[document->plan.verdict];
	return arena_failed(document->arena) ? -ENOMEM : 0;
}

static void release(struct plan_document *document)
{
	audit_free(document->audit);
	audit_free(document->page);
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

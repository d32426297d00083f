/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/support/cause.h"
#include "checks/support/check.h"

static bool is_wanted(const struct audit_input *input, const struct check *check)
{
	for (size_t i = 0; i < input->check_count; i++) {
		if (strcmp(input->checks[i], check->id) == 0)
			return true;
	}
	return input->check_count == 0;
}

static size_t count_asked(const struct audit_input *input)
{
	size_t count = 0;

	for (size_t i = 0; input->check_count && i < check_registry_count; i++)
		count += is_wanted(input, check_registry[i]);
	return count;
}

static int find_checks(const struct audit_input *input, const char **ret_culprit)
{
	for (size_t i = 0; i < input->check_count; i++) {
		if (!check_find(input->checks[i])) {
			*ret_culprit = input->checks[i];
			return -EINVAL;
		}
	}
	return 0;
}

static void run_checks(const struct audit *audit, struct findings *findings)
{
	const struct check_context context = {
		.host = audit->model.host,
		.model = &audit->model,
		.findings = findings,
	};

	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];
		if (!check->judges_domains && is_wanted(&audit->input, check))
			check_run(check, &context);
	}
}

static bool group_has_shown(const struct audit *audit, const char *id)
{
	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct fact_number *group = &audit->selection.functions[i]->group;
		if (fact_known(&group->fact) && group->value == atoll(id))
			return true;
	}
	return false;
}

/* Returns whether a finding of a function speaks of that one, too. */
static bool concerns_function(const struct finding *finding, const struct pci_function *function)
{
	const char *id = finding->subject.id;

	return strcmp(function->name, id) == 0 ||
	       (finding->of_vfs && function->pf && strcmp(function->pf->name, id) == 0);
}

/* Returns whether a finding speaks of the host as a whole or of a function that is shown. */
static bool concerns_shown(const void *context, const struct finding *finding)
{
	const struct audit *audit = context;

	if (finding->subject.type == SUBJECT_GROUP)
		return group_has_shown(audit, finding->subject.id);
	if (finding->subject.type != SUBJECT_FUNCTION)
		return true;
	for (size_t i = 0; i < audit->selection.count; i++) {
		if (concerns_function(finding, audit->selection.functions[i]))
			return true;
	}
	return false;
}

static int judge_findings(struct audit *audit)
{
	const struct judging judging = {
		.fail_on = audit->input.fail_on,
		.pci = &audit->model.host->pci,
	};
	const struct finding_filter filter = {
		.shows = audit->explains_functions ? concerns_shown : NULL,
		.context = audit,
	};
	struct findings findings;

	findings_init(&findings, audit->arena);
	findings.captured = audit->model.host->captured;
	run_checks(audit, &findings);
	findings_settle_causes(&findings);
	return findings_judge(&findings, &judging, &filter, audit->arena, &audit->judged);
}

static int judge_requirements(struct audit *audit)
{
	const struct audit_input *input = &audit->input;

	audit->requirements = arena_array(audit->arena, input->requirement_count + 1,
					  sizeof(*audit->requirements));
	if (!audit->requirements)
		return -ENOMEM;
	audit->requirement_count = input->requirement_count;
	for (size_t i = 0; i < input->requirement_count; i++)
		audit->requirements[i] =
			requirement_judge(&input->requirements[i], &audit->model, audit->arena);
	requirements_judge_together(audit->requirements, audit->requirement_count, &audit->model,
				    audit->arena);
	return 0;
}

/* The host is ready for what is required of it where it is ready at all, and all of it is met. */
static enum host_verdict with_requirements(const struct audit *audit, enum host_verdict verdict)
{
	for (size_t i = 0; i < audit->requirement_count; i++) {
		if (audit->requirements[i].state == REQUIREMENT_UNMET)
			return HOST_NOT_READY;
		if (audit->requirements[i].state == REQUIREMENT_UNDETERMINED &&
		    verdict == HOST_READY)
			verdict = HOST_UNDETERMINED;
	}
	return verdict;
}

/* Whether a function that is wanted has what --fail-on warn is for. */
static bool has_caution(const struct audit *audit)
{
	const struct selection *selection = &audit->selection;

	for (size_t i = 0; i < selection->count; i++) {
		if (cautions_of(&audit->model.cautions, selection->functions[i]))
			return true;
	}
	return false;
}

/* Companions are no obstacle: they can leave their drivers. */
static enum host_verdict with_functions(const struct audit *audit, enum host_verdict verdict)
{
	const struct selection *selection = &audit->selection;

	if (!audit->explains_functions)
		return verdict;
	for (size_t i = 0; i < selection->count; i++)
		verdict = host_verdict_with(verdict, assignability_of(&audit->model.assignability,
								      selection->functions[i])
							     ->verdict);
	if (audit->together)
		verdict = host_verdict_with(verdict, ASSIGNABLE_BLOCKED);
	return audit->input.fail_on.warn && has_caution(audit) ? HOST_NOT_READY : verdict;
}

static int build(struct audit *audit, const struct host *host, const char **ret_culprit)
{
	const struct audit_input *input = &audit->input;
	int result = find_checks(input, ret_culprit);

	if (result == 0)
		result = selection_build(host, input->selectors, input->selector_count,
					 audit->arena, &audit->selection, ret_culprit);
	if (result < 0)
		return result;
	model_build(host, audit->arena, &audit->model);
	result = judge_findings(audit);
	if (result == 0)
		result = judge_requirements(audit);
	if (result < 0)
		return result;
	audit->judged.verdict = with_requirements(audit, audit->judged.verdict);
	if (audit->explains_functions)
		audit->together =
			host_uses_cut_off(&audit->model.host_uses, audit->selection.functions,
					  audit->selection.count, audit->arena);
	audit->answer = with_functions(audit, audit->judged.verdict);
	return arena_failed(audit->arena) ? -ENOMEM : 0;
}

int audit_build(const struct host *host, const struct audit_input *input, struct audit **ret,
		const char **ret_culprit)
{
	struct arena *arena = arena_new();
	struct audit *audit = arena ? arena_alloc(arena, sizeof(*audit)) : NULL;

	if (!audit) {
		arena_free(arena);
		return -ENOMEM;
	}
	*audit = (struct audit){
		.arena = arena,
		.input = *input,
		.explains_functions = input->selector_count > 0,
		.complete = !input->selector_count && !input->check_count,
		.checks_asked = count_asked(input),
	};
	int result = build(audit, host, ret_culprit);
	if (result < 0) {
		arena_free(arena);
		return result;
	}
	*ret = audit;
	return 0;
}

bool audit_reads_functions(const char *const *checks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct check *check = check_find(checks[i]);
		if (!check || !check->host_alone)
			return true;
	}
	return count == 0;
}

void audit_free(struct audit *audit)
{
	if (audit)
		arena_free(audit->arena);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/array.h"
#include "model/selector.h"

static bool is_wanted(const struct report_options *options, const struct check *check)
{
	for (size_t i = 0; i < options->check_count; i++) {
		if (strcmp(options->checks[i], check->id) == 0)
			return true;
	}
	return options->check_count == 0;
}

static size_t count_asked(const struct report_options *options)
{
	size_t count = 0;

	for (size_t i = 0; options->check_count && i < check_registry_count; i++)
		count += is_wanted(options, check_registry[i]);
	return count;
}

static void run_checks(const struct report *report, const struct report_options *options,
		       struct findings *findings)
{
	const struct check_context context = {
		.host = report->host,
		.model = &report->model,
		.domains = report->domains,
		.findings = findings,
	};

	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];
		if (is_wanted(options, check) && check->judges_domains == !!report->domains)
			check_run(check, &context);
	}
}

static bool is_selected(const struct report_options *options, const struct pci_function *function)
{
	for (size_t i = 0; i < options->selector_count; i++) {
		if (selector_matches(options->selectors[i], function))
			return true;
	}
	return options->selector_count == 0;
}

static int select_functions(struct report *report, const struct report_options *options,
			    const char **ret_culprit)
{
	const struct pci *pci = &report->host->pci;

	for (size_t i = 0; i < options->selector_count; i++) {
		if (selector_count(options->selectors[i], report->host) == 0) {
			*ret_culprit = options->selectors[i];
			return -ENOENT;
		}
	}
	report->functions = arena_array(report->arena, pci->count, sizeof(*report->functions));
	if (!report->functions)
		return -ENOMEM;
	for (size_t i = 0; i < pci->count; i++) {
		if (is_selected(options, &pci->functions[i]))
			report->functions[report->function_count++] = &pci->functions[i];
	}
	return 0;
}

static bool group_has_shown(const struct report *report, const char *id)
{
	for (size_t i = 0; i < report->function_count; i++) {
		const struct fact_number *group = &report->functions[i]->group;
		if (fact_known(&group->fact) && group->value == atoll(id))
			return true;
	}
	return false;
}

static bool is_advisory(const struct finding *finding)
{
	const struct check *check = check_find(finding->check);

	return check && check->advisory;
}

/*
 * What a finding by itself makes of the host: ready where it has no say. A finding on a function
 * says what that function can do; whether the host as such can pass devices through is decided by
 * the findings on the host, its units and its groups. Domains have only findings of their own.
 */
static enum host_verdict verdict_by(const struct report *report, const struct finding *finding)
{
	const struct fail_on *fail_on = &report->fail_on;

	if (!report->domains && (finding->subject.type == SUBJECT_FUNCTION || finding->spares_host))
		return HOST_READY;
	if (finding->verdict == FINDING_FAIL ||
	    (fail_on->warn && finding->verdict == FINDING_WARN) ||
	    (fail_on->unknown && finding->verdict == FINDING_UNKNOWN))
		return HOST_NOT_READY;
	if (finding->verdict == FINDING_UNKNOWN && !is_advisory(finding))
		return HOST_UNDETERMINED;
	return HOST_READY;
}

bool report_decides(const struct report *report, const struct finding *finding)
{
	return report->verdict != HOST_READY && verdict_by(report, finding) == report->verdict;
}

/* Returns whether a finding speaks of the host as a whole or of a function that is shown. What
 * keeps the host from being ready is shown in any case. */
static bool is_shown(const struct report *report, const struct finding *finding)
{
	if (!report->explains_functions || verdict_by(report, finding) != HOST_READY)
		return true;
	if (finding->subject.type == SUBJECT_GROUP)
		return group_has_shown(report, finding->subject.id);
	if (finding->subject.type != SUBJECT_FUNCTION)
		return true;
	for (size_t i = 0; i < report->function_count; i++) {
		if (strcmp(report->functions[i]->name, finding->subject.id) == 0)
			return true;
	}
	return false;
}

struct ranked {
	const struct finding *finding;
	bool effect;
	size_t order;
};

/*
 * Worst first, and what concerns the host before what concerns a function, which often follows from
 * it; causes before effects; the order of the checks, and of their findings, decides among equals.
 */
static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->finding->verdict != b->finding->verdict)
		return a->finding->verdict < b->finding->verdict ? 1 : -1;
	bool a_function = a->finding->subject.type == SUBJECT_FUNCTION;
	bool b_function = b->finding->subject.type == SUBJECT_FUNCTION;
	if (a_function != b_function)
		return a_function ? 1 : -1;
	if (a->effect != b->effect)
		return a->effect ? 1 : -1;
	return a->order < b->order ? -1 : 1;
}

static int sort_findings(struct report *report, const struct findings *findings)
{
	struct ranked *ranked = arena_array(report->arena, findings->count + 1, sizeof(*ranked));
	size_t count = 0;

	report->findings =
		arena_array(report->arena, findings->count + 1, sizeof(*report->findings));
	if (!ranked || !report->findings)
		return -ENOMEM;
	for (const struct finding *finding = findings->first; finding; finding = finding->next) {
		if (!is_shown(report, finding))
			continue;
		const struct check *check = check_find(finding->check);
		ranked[count] = (struct ranked){finding, check && check->effect, count};
		count++;
	}
	qsort(ranked, count, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < count; i++) {
		report->findings[i] = ranked[i].finding;
		if (ranked[i].finding->subject.type != SUBJECT_FUNCTION)
			report->host_counts.of[ranked[i].finding->verdict]++;
	}
	report->finding_count = count;
	return 0;
}

/* A host is ready by what passed. What domains ask of it is fine until a finding says otherwise. */
static enum host_verdict judge(const struct report *report, const struct findings *findings)
{
	bool unknown = false, evidence = report->domains != NULL;

	for (const struct finding *finding = findings->first; finding; finding = finding->next) {
		enum host_verdict verdict = verdict_by(report, finding);
		if (verdict == HOST_NOT_READY)
			return HOST_NOT_READY;
		unknown |= verdict == HOST_UNDETERMINED;
		evidence |= finding->verdict == FINDING_PASS &&
			    finding->subject.type != SUBJECT_FUNCTION;
	}
	return unknown || !evidence ? HOST_UNDETERMINED : HOST_READY;
}

/* A function that cannot be given away makes the host not ready for what was asked. */
static void take_verdict(struct report *report, enum assignable_verdict verdict)
{
	if (verdict == ASSIGNABLE_BLOCKED || verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		report->verdict = HOST_NOT_READY;
	else if (verdict == ASSIGNABLE_UNDETERMINED && report->verdict == HOST_READY)
		report->verdict = HOST_UNDETERMINED;
}

static int build_forms(struct report *report, const struct hostdev_options *options,
		       const char **ret_culprit)
{
	struct hostdev_forms *forms = arena_alloc(report->arena, sizeof(*forms));

	if (!forms)
		return -ENOMEM;
	if (hostdev_forms_build(&report->model, report->functions, report->function_count, options,
				report->arena, forms, ret_culprit) < 0)
		return -ENOTSUP;
	report->forms = forms;
	take_verdict(report, forms->verdict);
	return 0;
}

static int judge_requirements(struct report *report, const struct report_options *options)
{
	report->requirements = arena_array(report->arena, options->requirement_count + 1,
					   sizeof(*report->requirements));
	if (!report->requirements)
		return -ENOMEM;
	report->requirement_count = options->requirement_count;
	for (size_t i = 0; i < options->requirement_count; i++)
		report->requirements[i] =
			requirement_judge(&options->requirements[i], &report->model, report->arena);
	return 0;
}

/* The host is ready for what is required of it where it is ready at all, and all of it is met. */
static enum host_verdict with_requirements(const struct report *report, enum host_verdict verdict)
{
	for (size_t i = 0; i < report->requirement_count; i++) {
		if (report->requirements[i].state == REQUIREMENT_UNMET)
			return HOST_NOT_READY;
		if (report->requirements[i].state == REQUIREMENT_UNDETERMINED &&
		    verdict == HOST_READY)
			verdict = HOST_UNDETERMINED;
	}
	return verdict;
}

static int map_domains(struct report *report, const struct report_options *options)
{
	if (!options->domain_count && !options->network_count)
		return 0;
	report->domains = arena_alloc(report->arena, sizeof(*report->domains));
	if (!report->domains)
		return -ENOMEM;
	domain_map_build(&report->model, options->domains, options->domain_count, options->networks,
			 options->network_count, report->arena, report->domains);
	return 0;
}

/* A plan judges no checks: whoever asks for one knows that something is amiss. */
static int build_plan(struct report *report, const struct report_options *options)
{
	static const enum host_verdict verdicts[] = {
		[PLAN_COMPLETE] = HOST_READY,
		[PLAN_UNDETERMINED] = HOST_UNDETERMINED,
		[PLAN_OBSTRUCTED] = HOST_NOT_READY,
	};
	ASSERT_COVERS(verdicts, PLAN_VERDICT_COUNT);
	struct plan *plan = arena_alloc(report->arena, sizeof(*plan));

	if (!plan)
		return -ENOMEM;
	plan_build(&report->model, report->functions, report->function_count, options->plan_vfs,
		   report->arena, plan);
	report->plan = plan;
	report->verdict = verdicts[plan->verdict];
	return arena_failed(report->arena) ? -ENOMEM : 0;
}

static int build(struct report *report, const struct report_options *options,
		 const char **ret_culprit)
{
	struct findings findings;

	for (size_t i = 0; i < options->check_count; i++) {
		if (!check_find(options->checks[i])) {
			*ret_culprit = options->checks[i];
			return -EINVAL;
		}
	}
	int result = select_functions(report, options, ret_culprit);
	if (result < 0)
		return result;

	model_build(report->host, report->arena, &report->model);
	if (options->plan)
		return build_plan(report, options);
	result = map_domains(report, options);
	if (result < 0)
		return result;
	findings_init(&findings, report->arena);
	findings.captured = report->host->captured;
	run_checks(report, options, &findings);
	result = sort_findings(report, &findings);
	if (result < 0)
		return result;
	result = judge_requirements(report, options);
	if (result < 0)
		return result;
	report->verdict = with_requirements(report, judge(report, &findings));
	if (options->hostdev)
		result = build_forms(report, options->hostdev, ret_culprit);
	return arena_failed(report->arena) ? -ENOMEM : result;
}

int report_build(const struct host *host, const struct report_options *options, struct report **ret,
		 const char **ret_culprit)
{
	struct arena *arena = arena_new();
	struct report *report = arena ? arena_alloc(arena, sizeof(*report)) : NULL;

	if (!report) {
		arena_free(arena);
		return -ENOMEM;
	}
	*report = (struct report){
		.arena = arena,
		.host = host,
		.time = options->time,
		.confinement = options->confinement,
		.confinement_count = options->confinement_count,
		.identity = options->identity,
		.explains_functions = options->selector_count > 0,
		.complete = !options->selector_count && !options->check_count,
		.checks_asked = count_asked(options),
		.fail_on = options->fail_on,
	};
	int result = build(report, options, ret_culprit);
	if (result < 0) {
		arena_free(arena);
		return result;
	}
	*ret = report;
	return 0;
}

void report_free(struct report *report)
{
	if (report)
		arena_free(report->arena);
}

const char *host_verdict_name(enum host_verdict verdict)
{
	switch (verdict) {
	case HOST_READY:
		return "ready";
	case HOST_NOT_READY:
		return "not-ready";
	case HOST_UNDETERMINED:
		return "undetermined";
	}
	return "undetermined";
}

struct fact_number report_virtual_machine(const struct host *host)
{
	return (struct fact_number){.fact = host->cpu.fact,
				    .value = fact_known(&host->cpu.fact) &&
					     cpu_has(&host->cpu, "hypervisor")};
}

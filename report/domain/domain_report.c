/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/domain/domain_report.h"

#include <errno.h>

#include "checks/support/cause.h"
#include "checks/support/check.h"

static void run_checks(const struct domain_report *report, struct findings *findings)
{
	const struct check_context context = {
		.host = report->model.host,
		.model = &report->model,
		.domains = &report->map,
		.findings = findings,
	};

	for (size_t i = 0; i < check_registry_count; i++) {
		if (check_registry[i]->judges_domains)
			check_run(check_registry[i], &context);
	}
}

/* What domains ask of their host is fine until a finding says otherwise. */
static int judge(struct domain_report *report, const struct fail_on *fail_on)
{
	const struct judging judging = {
		.fail_on = *fail_on,
		.functions_decide = true,
		.ready_by_default = true,
	};
	const struct finding_filter all = {0};
	struct findings findings;

	findings_init(&findings, report->arena);
	findings.captured = report->model.host->captured;
	run_checks(report, &findings);
	findings_settle_causes(&findings);
	return findings_judge(&findings, &judging, &all, report->arena, &report->judged);
}

static int build(struct domain_report *report, const struct host *host,
		 const struct domain_input *input)
{
	model_build(host, report->arena, &report->model);
	domain_map_build(&report->model, &input->set, report->arena, &report->map);
	int result = judge(report, &input->fail_on);
	return arena_failed(report->arena) ? -ENOMEM : result;
}

int domain_report_build(const struct host *host, const struct domain_input *input,
			struct domain_report **ret)
{
	struct arena *arena = arena_new();
	struct domain_report *report = arena ? arena_alloc(arena, sizeof(*report)) : NULL;

	if (!report) {
		arena_free(arena);
		return -ENOMEM;
	}
	*report = (struct domain_report){.arena = arena};
	int result = build(report, host, input);
	if (result < 0) {
		arena_free(arena);
		return result;
	}
	*ret = report;
	return 0;
}

void domain_report_free(struct domain_report *report)
{
	if (report)
		arena_free(report->arena);
}

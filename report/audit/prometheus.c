/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>

#include "host/base/array.h"
#include "report/audit/render.h"
#include "report/audit/summary.h"
#include "report/write/json.h"
#include "report/write/timestamp.h"
#include "report/write/words.h"

/*
 * Prometheus' text format 0.0.4, for node_exporter's textfile collector, which drops a whole file
 * for one line that it does not understand (OpenMetrics' types and timestamps among them). No
 * function but a PF has a series: a host has thousands of VFs. What is zero is written: a series
 * that is gone compares with nothing.
 */

struct writing {
	FILE *out;
	const struct audit *audit;
	struct audit_summary summary;
};

static const char *const function_verdicts[] = {
	[ASSIGNABLE] = "assignable",         [ASSIGNABLE_WITH] = "assignable-with",
	[ASSIGNABLE_BLOCKED] = "blocked",    [ASSIGNABLE_UNDETERMINED] = "undetermined",
	[ASSIGNABLE_NOT_A_CANDIDATE] = NULL, /* bridges: no guest wants one */
};
ASSERT_COVERS(function_verdicts, ASSIGNABLE_COUNT);

/* Begins a family of gauges. */
static void begin(const struct writing *writing, const char *name, const char *help)
{
	fprintf(writing->out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* Writes the value of a label, in which a backslash, a quote and a newline are escaped. */
static void put_label(const struct writing *writing, const char *text)
{
	for (const char *in = words_utf8(writing->audit->arena, text); *in; in++) {
		if (*in == '\n')
			fputs("\\n", writing->out);
		else if (*in == '\\' || *in == '"')
			fprintf(writing->out, "\\%c", *in);
		else
			fputc(*in, writing->out);
	}
}

/* Writes name{key="label"} value. */
static void put(const struct writing *writing, const char *name, const char *key, const char *label,
		uint64_t value)
{
	fprintf(writing->out, "%s{%s=\"", name, key);
	put_label(writing, label);
	fprintf(writing->out, "\"} %" PRIu64 "\n", value);
}

static void put_two(const struct writing *writing, const char *name, const char *const keys[2],
		    const char *const labels[2], uint64_t value)
{
	fprintf(writing->out, "%s{%s=\"", name, keys[0]);
	put_label(writing, labels[0]);
	fprintf(writing->out, "\",%s=\"", keys[1]);
	put_label(writing, labels[1]);
	fprintf(writing->out, "\"} %" PRIu64 "\n", value);
}

static void write_build(const struct writing *writing)
{
	static const char name[] = "passcheck_build_info";

	begin(writing, name, "Which passcheck wrote this.");
	put_two(writing, name, (const char *const[2]){"version", "schema_version"},
		(const char *const[2]){PASSCHECK_VERSION, JSON_SCHEMA_VERSION}, 1);
}

static void write_time(const struct writing *writing)
{
	static const char name[] = "passcheck_last_run_timestamp_seconds";
	time_t time;

	if (!timestamp_parse(writing->audit->input.time, &time))
		return;
	begin(writing, name, "When the host was audited.");
	fprintf(writing->out, "%s %lld\n", name, (long long)time);
}

static void write_verdict(const struct writing *writing)
{
	static const char name[] = "passcheck_host_ready";
	static const enum host_verdict verdicts[] = {HOST_READY, HOST_NOT_READY, HOST_UNDETERMINED};

	begin(writing, name, "The verdict on the host: 1 for the one that holds.");
	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++)
		put(writing, name, "verdict", host_verdict_name(verdicts[i]),
		    writing->audit->judged.verdict == verdicts[i]);
}

static void write_host_findings(const struct writing *writing)
{
	static const char name[] = "passcheck_host_findings";

	begin(writing, name, "Findings on the host, by verdict.");
	for (int i = 0; i < FINDING_VERDICT_COUNT; i++)
		put(writing, name, "verdict", finding_verdict_name((enum finding_verdict)i),
		    writing->summary.host_findings.of[i]);
}

/* A series for each kind of finding that there is, of those that say that something is wrong. */
static void write_findings(const struct writing *writing)
{
	static const char name[] = "passcheck_findings";
	struct kind_count *counts;
	size_t count = judged_count_kinds(&writing->audit->judged, writing->audit->arena, &counts);

	begin(writing, name, "Findings that warn, fail or are unknown, by id and verdict.");
	for (size_t i = 0; i < count; i++)
		put_two(writing, name, (const char *const[2]){"id", "verdict"},
			(const char *const[2]){counts[i].kind->id,
					       finding_verdict_name(counts[i].verdict)},
			counts[i].count);
}

static bool has_class(const struct writing *writing, enum class_word word)
{
	size_t count = 0;

	for (int i = 0; i < ASSIGNABLE_COUNT; i++)
		count += function_verdicts[i] ? writing->summary.classes[word][i] : 0;
	return count > 0;
}

static void write_class(const struct writing *writing, const char *name, enum class_word word)
{
	const char *class = class_word_name(word) ?: "unknown";

	for (int i = 0; i < ASSIGNABLE_COUNT; i++) {
		if (function_verdicts[i])
			put_two(writing, name, (const char *const[2]){"class", "verdict"},
				(const char *const[2]){class, function_verdicts[i]},
				writing->summary.classes[word][i]);
	}
}

static void write_functions(const struct writing *writing)
{
	static const char name[] = "passcheck_functions";

	begin(writing, name, "PCI functions, bridges aside, by class and verdict.");
	for (int word = 0; word < WORD_COUNT; word++) {
		if (has_class(writing, (enum class_word)word))
			write_class(writing, name, (enum class_word)word);
	}
	begin(writing, "passcheck_functions_cautioned",
	      "PCI functions that a guest gets and may suffer from.");
	fprintf(writing->out, "passcheck_functions_cautioned %zu\n", writing->summary.cautioned);
}

/* Writes a family with a series for each PF, where put_pf has one to write. */
static void write_pfs(const struct writing *writing, const char *name, const char *help,
		      void (*put_pf)(const struct writing *writing, const char *name,
				     const struct vf_budget *budget))
{
	const struct audit *audit = writing->audit;

	begin(writing, name, help);
	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct vf_budget *budget =
			vf_budget_of(&audit->model.vf_budgets, audit->selection.functions[i]);

		if (budget)
			put_pf(writing, name, budget);
	}
}

static void put_enabled(const struct writing *writing, const char *name,
			const struct vf_budget *budget)
{
	const struct fact_number *enabled = &budget->function->sriov.numvfs;

	if (fact_known(&enabled->fact) && enabled->value >= 0)
		put(writing, name, "address", budget->function->name, (uint64_t)enabled->value);
}

static void put_limited(const struct writing *writing, const char *name,
			const struct vf_budget *budget, const char *limited_by, uint64_t count)
{
	put_two(writing, name, (const char *const[2]){"address", "limited_by"},
		(const char *const[2]){budget->function->name, limited_by}, count);
}

static void put_most(const struct writing *writing, const char *name,
		     const struct vf_budget *budget)
{
	if (vf_budget_exact(budget) && !budget->driver_may_refuse)
		put_limited(writing, name, budget, vf_term_name(budget->limited_by),
			    budget->at_most);
}

static void put_usable(const struct writing *writing, const char *name,
		       const struct vf_budget *budget)
{
	const struct usable_vfs *usable =
		usable_vfs_of(&writing->audit->model.usable_vfs, budget->function);

	if (usable && usable->at_least == usable->at_most)
		put_limited(writing, name, budget, usable_vfs_limit_name(usable), usable->at_most);
}

static void write_sriov(const struct writing *writing)
{
	write_pfs(writing, "passcheck_sriov_vfs", "Virtual functions that are enabled.",
		  put_enabled);
	write_pfs(writing, "passcheck_sriov_max_vfs",
		  "Virtual functions that the kernel would enable, where that is known.", put_most);
	write_pfs(writing, "passcheck_sriov_usable_vfs",
		  "Virtual functions that could each go to a guest, where that is known.",
		  put_usable);
}

static void write_requirements(const struct writing *writing)
{
	static const char name[] = "passcheck_requirements";

	begin(writing, name, "Requirements that were asked for, by what came of them.");
	for (size_t i = 0; i < REQUIREMENT_STATE_COUNT; i++)
		put(writing, name, "state", requirement_state_name((enum requirement_state)i),
		    writing->summary.requirements[i]);
}

int audit_render_prometheus(const void *document, const struct render_options *options, FILE *out)
{
	const struct audit *audit = document;
	const struct writing writing = {
		.out = out, .audit = audit, .summary = audit_summarize(audit)};

	(void)options;
	write_build(&writing);
	write_time(&writing);
	write_verdict(&writing);
	write_host_findings(&writing);
	write_findings(&writing);
	/* A zero says that there are none, not that they could not be listed. */
	if (fact_known(&audit->model.host->pci.fact)) {
		write_functions(&writing);
		write_sriov(&writing);
	}
	write_requirements(&writing);
	return arena_failed(audit->arena) ? -ENOMEM : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"

struct findings *judge(struct arena *arena, const char *id, const struct host *host)
{
	const struct check *check = check_find(id);
	struct findings *findings = arena_alloc(arena, sizeof(*findings));
	struct model *model = arena_alloc(arena, sizeof(*model));

	assert_non_null(check);
	assert_non_null(findings);
	assert_non_null(model);
	model_build(host, arena, model);
	findings_init(findings, arena);
	findings->captured = host->captured;
	check_run(check, &(const struct check_context){
				 .host = host, .model = model, .findings = findings});
	assert_false(arena_failed(arena));
	return findings;
}

const struct finding *finding_of(const struct findings *findings, const char *id)
{
	for (const struct finding *finding = findings->first; finding; finding = finding->next) {
		if (strcmp(finding->kind->id, id) == 0)
			return finding;
	}
	return NULL;
}

/* Says which finding a test saw, where somebody asks: cli.docs. */
static void record(const struct finding *finding)
{
	const char *path = getenv("PASSCHECK_PROVOKED");
	FILE *file;

	if (!path)
		return;
	file = fopen(path, "a");
	assert_non_null(file);
	fprintf(file, "%s %s\n", finding->kind->id, finding_verdict_name(finding->verdict));
	fclose(file);
}

const struct finding *expect_finding(const struct findings *findings, const char *id,
				     enum finding_verdict verdict)
{
	const struct finding *finding = finding_of(findings, id);

	if (!finding)
		fail_msg("no finding %s; the first is %s", id,
			 findings->first ? findings->first->kind->id : "none");
	assert_string_equal(finding_verdict_name(finding->verdict), finding_verdict_name(verdict));
	record(finding);
	return finding;
}

const struct finding *expect_host_finding(const struct paper *paper, const char *id,
					  enum finding_verdict verdict)
{
	const char *check = arena_copy(paper->arena, id, strcspn(id, "."));

	assert_non_null(check);
	return expect_finding(judge(paper->arena, check, &paper->host), id, verdict);
}

bool has_evidence(const struct finding *finding, const char *value_or_source)
{
	for (const struct evidence *evidence = finding->evidence; evidence;
	     evidence = evidence->next) {
		if (strcmp(evidence->source, value_or_source) == 0 ||
		    (evidence->value && strcmp(evidence->value, value_or_source) == 0))
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/defect.h"

#include <stdio.h>

#include "tests/unit/support/cmocka.h"

void expect_defect(struct paper *paper, const struct defect_case *row)
{
	char summary[512], present[32];
	const struct finding *finding = expect_host_finding(paper, row->id, row->verdict);
	const char *check = finding->check;

	snprintf(summary, sizeof(summary), "%s (%s): %s", row->what, row->place, row->consequence);
	assert_string_equal(finding->summary, summary);
	assert_true(has_evidence(finding, row->place));
	assert_non_null(finding->remedy);
	snprintf(present, sizeof(present), "%s.present", check);
	const struct findings *findings = judge(paper->arena, check, &paper->host);
	assert_int_equal(finding_of(findings, present) != NULL, row->verdict == FINDING_WARN);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_JUDGE_H
#define PASSCHECK_TESTS_SUPPORT_JUDGE_H

#include "checks/support/check.h"
#include "tests/unit/support/paper.h"

/* Runs the check of that id over a host, as an audit does. Fails the test if there is none. */
struct findings *judge(struct arena *arena, const char *check, const struct host *host);

/* Returns the first finding of that id, or NULL. */
const struct finding *finding_of(const struct findings *findings, const char *id);

/* Fails the test unless the finding is there with that verdict. Returns it. Appends its id to the
 * file that the environment names as PASSCHECK_PROVOKED, if it does. */
const struct finding *expect_finding(const struct findings *findings, const char *id,
				     enum finding_verdict verdict);

/* As expect_finding(), of the check that makes that finding, over a host on paper. */
const struct finding *expect_host_finding(const struct paper *paper, const char *id,
					  enum finding_verdict verdict);

/* Returns whether a piece of the finding's evidence has that value, or that source. */
bool has_evidence(const struct finding *finding, const char *value_or_source);

#endif

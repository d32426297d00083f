/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_PLAN_HELP_H
#define PASSCHECK_REPORT_PLAN_HELP_H

#include "plan/plan.h"
#include "report/audit/audit.h"

/* The remedy of a finding that stands in a plan's way. */
struct plan_help {
	const char *remedy; /* a sentence, without a period */
	const struct remedy_command *commands;
	struct plan_help *next;
};

/* Returns whether steps of the plan put right what the finding is about. */
bool plan_puts_right(const struct plan *plan, const struct finding *finding);

/* Returns what helps where a plan for functions is obstructed, each remedy once, by what the audit
 * of these functions found; NULL: nothing that is known. vfs: how many VFs of theirs the plan is
 * for; 0: for them. Memory comes from arena; short memory marks it. */
struct plan_help *plan_help_find(const struct plan *plan, const struct audit *page, unsigned vfs,
				 struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_TEXT_H
#define PASSCHECK_REPORT_FINDINGS_TEXT_H

#include "report/findings/judged.h"
#include "report/write/text.h"

/* How a verdict on a host looks. */
struct text_verdict {
	const char *words; /* "not ready" */
	enum text_color color;
};

/* Returns how a verdict on a host looks. */
struct text_verdict text_verdict(enum host_verdict verdict);

/* Returns " (2 failures, 1 unknown, 3 warnings)", "" where there is nothing of the kind, in memory
 * of the text. */
const char *text_counts(struct text *text, const struct verdict_counts *counts);

/* Writes findings, each with its remedy and evidence: those that news shows, or all where it is
 * NULL, those that say the same once, with what follows from them; or each by itself where the
 * report is verbose. Returns 0 or -ENOMEM. */
int text_findings(struct text *text, const struct judged_findings *judged,
		  const struct finding_filter *news);

#endif

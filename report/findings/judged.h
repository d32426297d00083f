/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_JUDGED_H
#define PASSCHECK_REPORT_FINDINGS_JUDGED_H

#include <stdint.h>

#include "checks/support/finding.h"
#include "host/pci/pci.h"
#include "report/verdict.h"

/* Which findings, beyond fail, make the host not ready. */
struct fail_on {
	bool warn;
	bool unknown;
};

/* By what rule findings become a verdict. */
struct judging {
	struct fail_on fail_on;
	bool functions_decide; /* findings on single functions have a say */
	bool ready_by_default; /* ready until a finding says otherwise, not only by what passed */
	const struct pci *pci; /* whose functions findings speak of; NULL: of none that is known */
};

/* How many findings have each verdict, indexed by enum finding_verdict. */
struct verdict_counts {
	size_t of[FINDING_FAIL + 1];
};

/* Where a finding follows from none that is shown. */
#define JUDGED_ALONE SIZE_MAX

/* Findings in the order in which they are shown, and what they make of the host. */
struct judged_findings {
	struct judging judging;
	bool filtered; /* those shown are of what was asked for */
	enum host_verdict verdict;
	const struct finding **items; /* those shown, worst first, then by check */
	size_t count;
	size_t *causes; /* by index of items: the index of its cause, JUDGED_ALONE where none is
			   shown */
	struct verdict_counts host_counts; /* of those that concern the host */
};

/* Says which findings are shown. What keeps the host from being ready is shown in any case. */
struct finding_filter {
	bool (*shows)(const void *context, const struct finding *finding); /* NULL: all are */
	const void *context;
};

/* Judges and sorts findings, in memory of arena. Returns 0 or -ENOMEM. */
int findings_judge(const struct findings *findings, const struct judging *judging,
		   const struct finding_filter *filter, struct arena *arena,
		   struct judged_findings *ret);

/* How many findings of a kind have a verdict. */
struct kind_count {
	const struct finding_kind *kind;
	enum finding_verdict verdict;
	size_t count;
};

/* Returns whether the finding warns, fails or is unknown. */
bool finding_is_wrong(const struct finding *finding);

/* Counts the findings that warn, fail or are unknown by kind and verdict, in the order of their
 * ids. Returns how many counts *ret has, in memory of arena; short memory marks it. */
size_t judged_count_kinds(const struct judged_findings *judged, struct arena *arena,
			  struct kind_count **ret);

/* Returns whether the verdict, where it is not ready, is what the finding makes of it. */
bool judged_decides(const struct judged_findings *judged, const struct finding *finding);

/* Returns whether the finding is a failure of what was asked for: that a function of a host cannot
 * be assigned is one where the function was named. */
bool judged_fails(const struct judged_findings *judged, const struct finding *finding);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_SUMMARY_H
#define PASSCHECK_REPORT_AUDIT_SUMMARY_H

#include "model/class_word.h"
#include "report/audit/audit.h"

/* VFs of the physical functions that an audit is about. */
struct vf_summary {
	uint64_t enabled;
	uint64_t possible; /* that the kernel would enable */
	uint64_t usable;   /* of those possible, that could each go to a guest of its own */
	bool enabled_known, possible_known, usable_known; /* false: the count is of what is known */
};

/* What an audit counts, for every format: all of what its document lists. */
struct audit_summary {
	size_t functions[ASSIGNABLE_COUNT];           /* by verdict */
	size_t classes[WORD_COUNT][ASSIGNABLE_COUNT]; /* by class word and verdict */
	size_t blocked_by[BLOCKER_KIND_COUNT];        /* those blocked, by their first blocker */
	size_t beside_host_use; /* of those, that only share a group with what the host needs */
	size_t cautioned;       /* functions with a caution, of any verdict */
	struct verdict_counts host_findings;     /* that concern the host */
	struct verdict_counts function_findings; /* of functions alone */
	size_t requirements[REQUIREMENT_STATE_COUNT];
	struct vf_summary vfs;
};

/* Counts. */
struct audit_summary audit_summarize(const struct audit *audit);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_AUDIT_H
#define PASSCHECK_REPORT_AUDIT_AUDIT_H

#include "model/model.h"
#include "report/audit/requirements.h"
#include "report/findings/judged.h"
#include "report/format.h"
#include "report/selection.h"

/* What is asked of an audit. What it points to must outlive the audit. */
struct audit_input {
	const char *const *checks; /* ids of the checks to run, count 0 for all */
	size_t check_count;
	const char *const *selectors; /* functions to explain, count 0 for the whole host */
	size_t selector_count;
	struct fail_on fail_on;
	const struct requirement *requirements;
	size_t requirement_count;
	const char *time;               /* of the audit, RFC 3339 */
	const char *const *confinement; /* what of the sandbox is in force */
	size_t confinement_count;
	bool identity; /* the audit may tell serial numbers */
};

/* What was found out about a host. */
struct audit {
	struct arena *arena;
	struct audit_input input;
	struct model model;            /* with the host */
	struct selection selection;    /* the functions shown */
	struct judged_findings judged; /* with the verdict, which requirements may lower */
	struct requirement_result *requirements; /* in the order given */
	size_t requirement_count;
	bool explains_functions; /* some functions were asked for */
	/* Why the functions asked for cannot all leave the host, where each by itself may; NULL:
	 * nothing keeps them, or none was asked for. */
	const char *together;
	enum host_verdict answer; /* the worse of the host's verdict and theirs: the exit status */
	bool complete;            /* every check ran, and every function is shown */
	size_t checks_asked;      /* how many checks ran because they were asked for; 0: all ran */
};

/*
 * Runs the checks over host and judges what they find. The audit refers to host, and is freed with
 * audit_free(). Returns 0; -ENOENT where a selector names no function, or -EINVAL where there is no
 * such check, with *ret_culprit the word; or -ENOMEM.
 */
int audit_build(const struct host *host, const struct audit_input *input, struct audit **ret,
		const char **ret_culprit);
void audit_free(struct audit *audit);

/* Returns whether one of the checks of these ids, all where count is 0, reads functions or groups.
 */
bool audit_reads_functions(const char *const *checks, size_t count);

/* The formats of a struct audit. */
extern const struct format_table audit_formats;

#endif

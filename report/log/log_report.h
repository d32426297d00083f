/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_LOG_LOG_REPORT_H
#define PASSCHECK_REPORT_LOG_LOG_REPORT_H

#include "host/base/lines.h"
#include "report/audit/audit.h"
#include "report/format.h"
#include "report/log/told.h"
#include "report/verdict.h"

/* How many messages have each cause, and how many are harmless. */
struct log_counts {
	size_t of[LOG_CAUSE_COUNT];
	size_t harmless;
};

/* What a log means. */
struct log_report {
	struct arena *arena;
	const struct log_findings *log;
	struct audit *audit;       /* of the host that was asked; NULL: none was */
	const char *not_asked_why; /* a clause; NULL where a host was asked */
	/* Logs of the host that were asked for, and could not be read. */
	struct text_line *unread;
	const struct log_told *messages; /* in the order in which they are told */
	size_t count;
	struct log_counts counts;
	enum host_verdict verdict; /* not ready: a cause is confirmed; undetermined: one is open */
};

/*
 * Explains what was found in logs, by the host where it is not NULL and the logs are of it. The
 * report refers to both, and is freed with log_report_free(). Returns 0 or -ENOMEM.
 */
int log_report_build(const struct host *host, const struct log_findings *log,
		     struct log_report **ret);
void log_report_free(struct log_report *report);

/* Returns what it comes to: "no cause found", which is no proof that nothing is wrong. */
const char *log_report_headline(const struct log_report *report);

/* Returns "2 known messages in 40 lines (1 confirmed, 1 open)". Memory comes from the report's
 * arena; short memory marks it. */
const char *log_report_counts(const struct log_report *report);

/* The formats of a struct log_report. */
extern const struct format_table log_formats;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_LOG_TOLD_H
#define PASSCHECK_REPORT_LOG_TOLD_H

#include "model/log/fact.h"
#include "model/log/order.h"

/* A message and what is told of it. */
struct log_told {
	const struct log_event *event;
	enum log_severity severity;
	const struct log_told *because; /* whose cause it shares; NULL: it has its own */
	const char *text;               /* made of the form and what stood in its fields */
	enum log_cause cause;           /* of one that is not harmless */
	const char *why;                /* full sentences; NULL where it is harmless */
	const char *remedy;             /* NULL where none is needed, or none is known */
	const char *const *findings;    /* ids: those that are the cause, else those to look at */
	size_t finding_count;
};

/* Returns where the lines of a message stand: "kernel, line 3" or "qemu, 12 times in lines 3 to
 * 90". Memory comes from arena; short memory marks it. */
const char *log_told_place(struct arena *arena, const struct log_told *told);

#endif

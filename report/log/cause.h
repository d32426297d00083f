/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_LOG_CAUSE_H
#define PASSCHECK_REPORT_LOG_CAUSE_H

#include "report/audit/audit.h"
#include "report/log/told.h"

/* Looks causes up in the audit of a host. */
struct log_causes;

/* Returns a look-up in memory of arena, or NULL where that is short. */
struct log_causes *log_causes_new(const struct audit *audit, struct arena *arena);

/* Settles the cause of a message as far as the host tells it: cause, why, findings, remedy. */
void log_cause_judge(struct log_causes *causes, struct log_told *told);

/* Says of a message what would tell its cause, and what to look at. */
void log_cause_open(const struct log_event *event, struct arena *arena, struct log_told *told);

#endif

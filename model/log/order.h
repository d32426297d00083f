/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_ORDER_H
#define PASSCHECK_MODEL_LOG_ORDER_H

#include "model/log/scan.h"

/* A message at its place in what is told. */
struct log_entry {
	const struct log_event *event;
	const struct log_entry *because; /* the message that explains it; NULL: none here does */
	enum log_severity severity;      /* harmless also where a harmless message explains it */
};

/*
 * Puts messages in the order in which they are told: what stops a guest before what may, each
 * followed by those that it explains, and harmless ones at the end; otherwise by their lines.
 * Returns an array of findings->event_count in memory of arena, or NULL where that is short.
 */
const struct log_entry *log_order(const struct log_findings *findings, struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_CAUSE_H
#define PASSCHECK_CHECKS_SUPPORT_CAUSE_H

#include "checks/support/finding.h"

/*
 * Sets the cause of every finding that something is wrong with, or that is unknown, and that
 * follows from another one of the list: as finding_follows() said, or by a table of what follows
 * from what on the host. Of a chain of causes it is the first one. Time is n log n of the findings;
 * short memory marks the arena, and leaves each finding to stand for itself.
 */
void findings_settle_causes(struct findings *findings);

/* Calls visit with every id that the table names, so that a test can look for each. */
void cause_table_visit(void (*visit)(const char *id, void *context), void *context);

#endif

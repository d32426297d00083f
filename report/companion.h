/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_COMPANION_H
#define PASSCHECK_REPORT_COMPANION_H

#include "model/assign/assignability.h"

/*
 * Returns the next clause on who must leave its driver before a function can be assigned, or leaves
 * the host with it, and moves *next, which is 0 at first: one for each companion that the host does
 * not need, or a single one that counts them where there are more than MOST_COMPANIONS_LISTED; NULL
 * behind the last. Memory comes from arena; short memory marks it.
 */
const char *companion_clause(struct arena *arena, const struct assignability *assignability,
			     const struct pci_function *function, size_t *next);

#endif

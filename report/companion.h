/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_COMPANION_H
#define PASSCHECK_REPORT_COMPANION_H

#include "model/assign/assignability.h"

/*
 * Returns a clause on who must leave its driver before a function can be assigned, by its number
 * from 0: one for each companion, or a single one that counts them where there are more than
 * MOST_COMPANIONS_LISTED; NULL behind the last. Memory comes from arena; short memory marks it.
 */
const char *companion_clause(struct arena *arena, const struct pci_function *function,
			     const struct assignable *assignable, size_t index);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_DIFF_MACHINES_H
#define PASSCHECK_REPORT_DIFF_MACHINES_H

#include "report/diff/snapshot.h"

/*
 * Returns, in memory of arena, a clause on why two reports, whose functions are paired, seem to be
 * of two machines: their machine ids, names or products differ, or fewer than half of the functions
 * of either are in both. NULL where nothing tells that.
 */
const char *machines_differ(struct arena *arena, const struct snapshot *old_one,
			    const struct snapshot *new_one);

#endif

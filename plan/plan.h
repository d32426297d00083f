/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_PLAN_H
#define PASSCHECK_PLAN_PLAN_H

#include "plan/step.h"

/* Builds the plan for a wish. Memory comes from arena; short memory marks it. */
void plan_build(const struct model *model, const struct plan_wish *wish, struct arena *arena,
		struct plan *ret);

/* Sets the verdict by what stands in the way, and by what is not known, and keeps each of these
 * once. An obstructed plan loses the steps that only keep later boots as this one. Memory comes
 * from arena. */
void plan_judge(struct plan *plan, struct arena *arena);

#endif

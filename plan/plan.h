/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_PLAN_H
#define PASSCHECK_PLAN_PLAN_H

#include "plan/step.h"

/*
 * Builds the plan for functions (by address): to give them away, or where vfs is not 0 to make that
 * many VFs of each. Memory comes from arena; short memory marks it.
 */
void plan_build(const struct model *model, const struct pci_function *const *functions,
		size_t count, unsigned vfs, struct arena *arena, struct plan *ret);

#endif

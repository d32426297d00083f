/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_SRIOV_VF_LIMITS_H
#define PASSCHECK_PLAN_SRIOV_VF_LIMITS_H

#include "plan/builder.h"

/* How many VFs the kernel can make, and how many of them guests can have. */

/* Returns whether the kernel can make that many VFs; notes what is against it. */
bool plan_check_vf_budget(struct plan_builder *builder, const struct pci_function *pf,
			  unsigned vfs);

/* Notes what keeps VFs from guests of their own, which the kernel would make, or a tool (made: how
 * many). */
void plan_check_vf_use(struct plan_builder *builder, const struct vf_budget *budget, unsigned vfs,
		       uint32_t made);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_SRIOV_VFS_UNDO_H
#define PASSCHECK_PLAN_SRIOV_VFS_UNDO_H

#include "plan/builder.h"

/* What takes VFs back that a plan made. */

/* Adds the steps that take the VFs of a PF away which a rule of ours makes, and that rule; and one
 * that names what else makes some. */
void plan_undo_pf(struct plan_builder *builder, const struct pci_function *pf);

/* The rule that keeps a PF's VFs goes with the last of them that a guest was to have. */
void plan_undo_pf_of(struct plan_builder *builder, const struct pci_function *vf);

#endif

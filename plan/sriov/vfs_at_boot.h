/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_SRIOV_VFS_AT_BOOT_H
#define PASSCHECK_PLAN_SRIOV_VFS_AT_BOOT_H

#include "plan/builder.h"

/* What keeps VFs over reboots: a rule of ours, or the line of another that is changed. */

/* Adds the steps by which the host makes that many VFs of pf at every boot. */
void plan_persist_vfs(struct plan_builder *builder, const struct pci_function *pf, int64_t vfs);

/* Returns whether a line that no plan wrote keeps the VFs of pf once that many are persistent: an
 * undo leaves it, and them. */
bool plan_vfs_kept_by_others(const struct plan_builder *builder, const struct pci_function *pf,
			     int64_t vfs);

/* Returns the other PFs of which the line makes VFs, and which the plan does not make as many of,
 * or take back; NULL for none. */
const char *plan_other_pfs(const struct plan_builder *builder, const struct pci_function *pf,
			   const struct vf_persistence *line, int64_t vfs);

/* Returns a line for a sentence. Words of it that are not shown are not to be searched for. */
const char *plan_shown_line(struct plan_builder *builder, const struct sriov_setting *setting);

#endif

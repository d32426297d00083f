/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_SRIOV_PF_H
#define PASSCHECK_PLAN_SRIOV_PF_H

#include "plan/builder.h"

/* What the driver of a physical function does with a number of VFs. */

/* Returns the driver that a PF has or is to have, by what is known of it; or NULL. */
const struct vf_driver *plan_vf_driver(const struct plan_builder *builder,
				       const struct pci_function *pf);

/* Returns "1 VF", "4 VFs". */
const char *plan_vfs_words(const struct plan_builder *builder, int64_t count);

/* Returns whether the PF's driver makes VFs in a way of its own, and takes no write to
 * sriov_numvfs. */
bool plan_pf_switches_itself(const struct plan_builder *builder, const struct pci_function *pf);

/* Returns whether the driver makes all VFs, of which the host says how many they are. */
bool plan_makes_all_vfs(const struct plan_builder *builder, const struct pci_function *pf);

/* Returns how many VFs there are once vfs are asked for. */
unsigned plan_vfs_made_for(const struct plan_builder *builder, const struct pci_function *pf,
			   unsigned vfs);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_SRIOV_PF_UP_H
#define PASSCHECK_PLAN_SRIOV_PF_UP_H

#include "plan/builder.h"

/* A network PF whose interface is down: its VFs may have no link, and libvirt sets nothing of them.
 */

/* Adds the step that sets the interfaces of pf up, where none is. */
void plan_pf_up(struct plan_builder *builder, const struct pci_function *pf);

/* Adds the step that says that it is to be done at every boot. */
void plan_pf_up_again(struct plan_builder *builder, const struct pci_function *pf);

#endif

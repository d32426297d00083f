/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_SRIOV_VF_GUIDS_H
#define PASSCHECK_PLAN_SRIOV_VF_GUIDS_H

#include "plan/builder.h"

/* InfiniBand VFs whose ports stay down until the host has given them GUIDs. */

/* Adds the step that gives VFs of pf their GUIDs, where they need some; who: of a sentence. Which
 * GUIDs a fabric has is left to a person. */
void plan_guids(struct plan_builder *builder, const struct pci_function *pf, const char *who);

/* Adds it for VFs that go to a guest. */
void plan_guids_set_up(struct plan_builder *builder);

#endif

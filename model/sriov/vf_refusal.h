/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_VF_REFUSAL_H
#define PASSCHECK_MODEL_SRIOV_VF_REFUSAL_H

#include "model/sriov/vf_term.h"

/* Finds the rule by which the driver, which is known, may refuse VFs, and how many it never refuses
 * by that: driver_may_refuse and driver_takes of the budget, whose limit is known. */
void vf_find_refusal(const struct vf_builder *builder);

/* Returns whether the PF's driver makes VFs only while the network interface is up, and it is not
 * seen to be: it has no link, and does not show that it is set up without a cable. */
bool vf_budget_needs_up(const struct host *host, const struct vf_budget *budget);

#endif

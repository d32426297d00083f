/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_VF_BARS_H
#define PASSCHECK_MODEL_SRIOV_VF_BARS_H

#include "model/sriov/vf_term.h"

/* Reads the VF BARs into the budget, and judges for how many VFs they have memory. */
struct vf_term vf_mmio(const struct vf_builder *builder);

/* Returns the bytes that a PF's VF BARs take for all of TotalVFs, 0 where that is not known. */
uint64_t vf_budget_memory(const struct vf_budget *budget);

#endif

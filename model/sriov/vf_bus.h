/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_VF_BUS_H
#define PASSCHECK_MODEL_SRIOV_VF_BUS_H

#include "model/sriov/vf_term.h"

/* Judges how many VFs the bus numbers below the bridges above leave room for. */
struct vf_term vf_bus_numbers(const struct vf_builder *builder);

/* Returns the requester id of the first VF as its bus has it, 0 where that shows only once VFs are
 * enabled: pci_iov_virtfn_bus() and pci_iov_virtfn_devfn(), drivers/pci/iov.c. */
uint16_t vf_budget_first_id(const struct vf_budget *budget);

/* Says which of the PF's VFs function is, from 0 on, by its address (PCI Express
 * Base 6.0, 9.2.1.2). Returns false where it is not one of them, or the PF's offset and stride were
 * not read.
 */
bool vf_budget_index(const struct vf_budget *budget, const struct pci_function *function,
		     uint32_t *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_NVME_SETUP_H
#define PASSCHECK_MODEL_SRIOV_NVME_SETUP_H

#include "host/base/lines.h"
#include "host/pci/pci_function.h"

/*
 * A VF of an NVMe controller is a secondary controller. It works only once the primary controller
 * has given it queues and interrupts and has set it online (NVM Express Base Specification 2.0,
 * Virtualization Management). sysfs shows neither.
 */

/* Returns whether VFs of the function are secondary controllers. */
bool nvme_setup_is_for(const struct pci_function *pf);

/* Returns whether the VF may be offline. One that the host's own driver runs is not. */
bool nvme_setup_may_lack(const struct pci_function *vf);

/*
 * Appends the command that gives those of the VFs first to last of pf, counted from 1, that are
 * offline two queues and two interrupts each, and sets them online. Memory comes from arena.
 */
void nvme_setup_add(struct arena *arena, const struct pci_function *pf, uint32_t first,
		    uint32_t last, struct text_line **list);

/* Appends the same as a person does it, one controller after the other. */
void nvme_setup_add_by_hand(struct arena *arena, const struct pci_function *pf,
			    struct text_line **list);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_SRIOV_NVME_ONLINE_H
#define PASSCHECK_PLAN_SRIOV_NVME_ONLINE_H

#include "plan/builder.h"

/* VFs of an NVMe controller are offline, and without queues, until they are told otherwise. */

/* Returns whether VFs of pf have to be set online once there are that many. */
bool plan_nvme_is_offline(const struct plan_builder *builder, const struct pci_function *pf,
			  unsigned vfs);

/* Adds the step that sets VFs online, from the first to the last number, which begin at 1; who: of
 * a sentence. What acts on the primary controller is left to a person where the host lives on it.
 */
void plan_nvme_online(struct plan_builder *builder, const struct pci_function *pf, uint32_t first,
		      uint32_t last, const char *who);

/* Adds the step that says that it is to be done at every boot. */
void plan_nvme_online_again(struct plan_builder *builder, const struct pci_function *pf);

/* Add these for VFs that go to a guest, and for their PFs. */
void plan_nvme_set_up(struct plan_builder *builder);
void plan_nvme_set_up_again(struct plan_builder *builder);

#endif

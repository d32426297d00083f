/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_STALE_H
#define PASSCHECK_MODEL_ISOLATION_STALE_H

#include "model/isolation/isolation.h"

enum stale_state {
	STALE_UNKNOWN, /* its group, or what isolates it, is not known */
	STALE_NO,
	STALE_YES, /* the kernel keeps it apart from others that it can reach now */
};

/*
 * Groups that are out of date. The kernel forms them as it finds devices, by the ACS bits of that
 * moment, and never again (iommu_group_add_device(), drivers/iommu/iommu.c). Scripts for
 * peer-to-peer DMA clear the bits later, with setpci, and leave groups that promise more than the
 * hardware keeps.
 */
struct stale_groups {
	const struct host *host;
	enum stale_state *states; /* of each function, in the order of host->pci */
};

/*
 * Compares the kernel's groups with those by the ACS bits of now, and by those of the boot. What
 * pcie_acs_override= split was never isolated, and is not stale. Memory comes from arena; short
 * memory marks it. Time is linear in functions.
 */
void stale_groups_build(const struct isolation *isolation, const struct host_platform *platform,
			const struct kernel_parameters *parameters, const struct dma_units *units,
			struct arena *arena, struct stale_groups *ret);

/* Returns the state of a function of the host. */
enum stale_state stale_group_of(const struct stale_groups *groups,
				const struct pci_function *function);

/* What helps. */
#define STALE_GROUP_REMEDY                                                                         \
	"This host is set up for peer-to-peer DMA: take away what clears the bits (setpci … "    \
	"ECAP_ACS+6.w=0) and boot again, or give all of them to one guest"

/* Returns "ACS bits of 0000:16:01.0 and others are off since boot". */
const char *stale_cause_words(const struct isolation_culprit *cause, struct arena *arena);

/* Returns the next, from culprit on, that merges a group because its ACS bits are off; NULL: none.
 */
const struct isolation_culprit *stale_next_cause(const struct isolation_culprit *culprit);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_COMPANIONS_H
#define PASSCHECK_MODEL_ASSIGN_COMPANIONS_H

#include "model/assign/host_use.h"
#include "model/isolation/isolation.h"

/* What is not known of the members of a group. */
struct companion_doubt {
	const char *why; /* "the driver of 0000:03:00.1 in its group could not be read" */
	const struct fact *evidence;
	struct companion_doubt *next;
};

/* Who goes along with a function: the others of its group that a driver of the host holds. */
struct companion_list {
	const struct pci_function *const *functions;
	size_t count;
	/* Those that the host lives on, or may, which cannot leave their drivers: of the whole
	 * group, which the function may be one of. */
	const struct pci_function *const *vital;
	size_t vital_count;
	const struct companion_doubt *doubts; /* what may hide others; a few of them */
};

struct companion_group;

/* The companions of every function of a host. */
struct companions {
	const struct host *host;
	struct companion_group *groups;     /* the kernel's, by their index in host->groups */
	struct companion_group **predicted; /* by the index of a function that is in no group yet;
					     * NULL where there is no such function */
	size_t *holders; /* by the index of a function: its place among those of its group */
};

/*
 * Finds who must leave its driver before VFIO takes a group (vfio_dev_viable() of
 * drivers/vfio/vfio.c up to 5.18, iommu_group_claim_dma_owner() since). Memory comes from arena;
 * short memory marks it.
 */
void companions_build(const struct host *host, const struct isolation *isolation,
		      const struct host_uses *uses, struct arena *arena, struct companions *ret);

/*
 * Returns the companions of a function in the kernel's group, or, where it is in none that is
 * known, in the one that isolation predicts.
 */
struct companion_list companions_of(const struct companions *companions,
				    const struct pci_function *function);

#endif

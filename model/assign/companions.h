/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_COMPANIONS_H
#define PASSCHECK_MODEL_ASSIGN_COMPANIONS_H

#include "model/assign/host_use.h"
#include "model/isolation/isolation.h"

/*
 * A function's own entry in a document names at most so many companions. Where there are more, they
 * are named once, with their group: a list in each entry would grow with the square of the group,
 * and to unbind the part that a short list names would achieve nothing.
 */
enum { MOST_COMPANIONS_LISTED = 32 };

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
	const struct pci_function *first; /* of those of the group, the same for all its members */
	/* Those of the whole group that cannot leave their drivers: first those that the host
	 * needs, then those that it may need. The function itself may be one. */
	const struct pci_function *const *vital;
	size_t vital_count;
	size_t doubtful_count;
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

/* Returns whether a driver of the host holds other in the kernel's group of the function. */
bool companions_include(const struct companions *companions, const struct pci_function *function,
			const struct pci_function *other);

/* Returns all members of one of the kernel's groups that a driver of the host holds. */
struct companion_list companions_of_group(const struct companions *companions,
					  const struct iommu_group *group);

#endif

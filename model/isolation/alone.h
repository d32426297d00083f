/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ALONE_H
#define PASSCHECK_MODEL_ISOLATION_ALONE_H

#include "model/isolation/isolation.h"
#include "model/isolation/overridden.h"
#include "model/isolation/stale.h"

enum alone_state { ALONE_UNKNOWN, ALONE_NO, ALONE_YES };

struct group_neighbours;

/* Whether functions are alone in their groups. */
struct alone {
	const struct host *host;
	const struct isolation *isolation;
	const struct stale_groups *stale;
	bool overridden; /* pcie_acs_override= splits groups that the hardware does not */
	struct group_neighbours *groups; /* by the groups' numbers */
	size_t count;
};

/* Memory comes from arena; short memory marks it. */
void alone_build(const struct host *host, const struct isolation *isolation,
		 const struct stale_groups *stale, enum acs_override_state override,
		 struct arena *arena, struct alone *ret);

/*
 * Returns whether a function of the host is alone in its group: the kernel's, where it is in one,
 * the predicted one otherwise. Ports do not count: they go to no guest, and the kernel's driver for
 * them does no harm there. A group that is stale, or may be, isolates no longer what it did; where
 * pcie_acs_override= acts, the predicted group counts, too, which is the hardware's.
 *
 * *ret_neighbour is one that shares it, or NULL. Constant in time, but for a function that shares
 * its group with ports alone.
 */
enum alone_state alone_of(const struct alone *alone, const struct pci_function *function,
			  const char **ret_neighbour);

/*
 * Returns what was not read of the members of the kernel's group that the function is in: the list
 * of its members, also where it lacks the function itself, or of all groups. NULL where it was
 * read. A link of another function and that list come from one place, iommu_group_add_device() of
 * drivers/iommu/iommu.c; the list alone names also what is not a PCI device.
 */
const struct fact *alone_unread(const struct alone *alone, const struct pci_function *function);

#endif

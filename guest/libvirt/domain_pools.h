/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DOMAIN_POOLS_H
#define PASSCHECK_GUEST_LIBVIRT_DOMAIN_POOLS_H

#include "guest/read/domain_pool.h"
#include "model/model.h"

/* The pools that were given, and what guests have taken of the host. */
struct domain_pools {
	const struct model *model;
	const struct domain_pool *pools;
	size_t count;
	bool *taken;     /* by index of the host's functions: no pool gives it any more */
	bool *exhausted; /* of each pool */
};

/* Makes ret of pools, with nothing taken. Memory comes from arena; returns false where it is short.
 */
bool domain_pools_begin(const struct model *model, const struct domain_pool *pools, size_t count,
			struct arena *arena, struct domain_pools *ret);

/* Returns the pool of that name, or NULL. */
const struct domain_pool *domain_pools_find(const struct domain_pools *pools, const char *name);

/* Returns whether the choice is known to be for this host: its node is the host's name. */
bool domain_pools_names_host(const struct host *host, const struct pool_choice *choice);

/* Returns whether it may be: its node is that name, or one of them is not known. */
bool domain_pools_fits_host(const struct host *host, const struct pool_choice *choice);

/* Notes that a guest has a function: what shares its group goes to no other guest. */
void domain_pools_take(struct domain_pools *pools, const struct pci_function *function);

/*
 * Chooses what a device of a pool gets, of what the host has and no guest has taken: Proxmox VE
 * gives the first choice that is free, and KubeVirt one function of each IOMMU group, of those on
 * vfio-pci. Returns the choice and the first function of it, or NULL where nothing is left.
 */
const struct pool_choice *domain_pools_choose(struct domain_pools *pools,
					      const struct domain_pool *pool,
					      const struct pci_function **ret_function);

#endif

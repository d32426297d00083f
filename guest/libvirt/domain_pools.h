/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DOMAIN_POOLS_H
#define PASSCHECK_GUEST_LIBVIRT_DOMAIN_POOLS_H

#include "guest/libvirt/domain_map.h"

/* Returns the pool of that name that was given, or NULL. */
const struct domain_pool *domain_pool_find(const struct domain_map *map, const char *name);

/* Notes that a guest has a function: what shares its group goes to no other guest. */
void domain_pools_take(struct domain_map *map, const struct pci_function *function);

/*
 * Chooses what a device of the pool gets, of what the host has and nothing in the map has taken:
 * Proxmox VE gives the first choice that is free, and KubeVirt one function of each IOMMU group, of
 * those on vfio-pci. Returns false where nothing is left.
 */
bool domain_pool_choose(struct domain_map *map, const struct domain_pool *pool,
			struct domain_pool_use *ret);

#endif

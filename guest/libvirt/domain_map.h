/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DOMAIN_MAP_H
#define PASSCHECK_GUEST_LIBVIRT_DOMAIN_MAP_H

#include "guest/libvirt/domain.h"
#include "guest/libvirt/domain_pools.h"
#include "model/model.h"

/* A function of the host that a domain uses. */
struct domain_use {
	const struct domain *domain;
	const struct domain_device *device;  /* with the function's address */
	const struct domain_device *named;   /* of the domain: of a slot, one for all functions */
	const char *address;                 /* of the function, as the XML has it */
	const struct pci_function *function; /* NULL where the host has none there */
	const struct assignable *assignable; /* NULL where there is no function */
};

/* An interface that takes a VF from a network. */
struct domain_network_use {
	const struct domain *domain;
	const struct domain_device *device;
	const struct domain_network *network;
};

/* A device of a domain that is taken from the host, and that passcheck cannot judge. */
struct domain_other_use {
	const struct domain *domain;
	const struct domain_device *device; /* domain_device_is_foreign(), or DOMAIN_DEVICE_NETWORK
					     * of a network that was not given */
	const struct domain_pool *pool;     /* of which nothing is left; NULL: not given, or none */
};

/* What a device takes of a pool: the first choice that can go, or else the first that is free. */
struct domain_pool_use {
	const struct domain *domain;
	const struct domain_device *device;
	const struct pool_choice *choice;
	const struct pci_function *function; /* the first of it */
};

/* The uses of one domain, which stand in a row. */
struct domain_uses {
	const struct domain_use *begin;
	const struct domain_use *end;
};

/* What one domain uses: its part of the lists of a map. */
struct domain_part {
	struct domain_uses uses;
	const struct domain_network_use *network_uses;
	size_t network_use_count;
	const struct domain_other_use *others;
	size_t other_count;
};

/* What is to be mapped. */
struct domain_set {
	const struct domain *domains;
	size_t domain_count;
	const struct domain_network *networks; /* that the domains may draw on */
	size_t network_count;
	const struct domain_pool *pools; /* the same */
	size_t pool_count;
};

/* Which domains use which functions of a host. */
struct domain_map {
	const struct host *host;
	const struct model *model;
	const struct domain *domains;
	size_t domain_count;
	const struct domain_network *networks;
	size_t network_count;
	const struct domain_network **by_name; /* networks that have a name, sorted by it */
	size_t named_count;
	size_t *takers; /* of each network, domain_map_takers() */
	struct domain_pools pools;
	struct domain_use *uses; /* in the order of the domains and of their devices */
	size_t use_count;
	/* Those of functions that the host has, sorted by function, and by who must have one owner;
	 * both then as uses has them. */
	const struct domain_use **by_function;
	const struct domain_use **by_owner;
	size_t *owner_places; /* of each use: its place in by_owner */
	size_t found_count;
	struct domain_network_use *network_uses; /* of networks that hand out functions, in order,
						  * too */
	size_t network_use_count;
	struct domain_pool_use *pool_uses;
	size_t pool_use_count;
	struct domain_other_use *others; /* in order, too */
	size_t other_count;
	struct domain_part *parts; /* of each domain, domain_map_part() */
	bool *pinned;              /* of each domain, whether domain_map_pins() */
};

/*
 * Maps domains, and what they draw on, to the functions of host. A device of a pool takes what
 * nothing before it has taken. Memory comes from arena; short memory marks it.
 */
void domain_map_build(const struct model *model, const struct domain_set *set, struct arena *arena,
		      struct domain_map *ret);

/* Returns what a domain of the map uses; its uses of functions alone. */
struct domain_part domain_map_part(const struct domain_map *map, const struct domain *domain);
struct domain_uses domain_map_uses(const struct domain_map *map, const struct domain *domain);

/* Returns the first of them that is of a function of the host, or NULL. */
const struct domain_use *domain_uses_first(struct domain_uses uses);

/* Returns the first use of function by domain, or NULL. */
const struct domain_use *domain_map_find(const struct domain_map *map, const struct domain *domain,
					 const struct pci_function *function);

/* Returns whether a use is of a function of the host, and the first of that by its domain. */
bool domain_map_is_first(const struct domain_map *map, const struct domain_use *use);

/*
 * Returns the last use before this one, or the first behind it, that cannot have another owner: it
 * is of the same function, or of the same group. NULL where the map has no such use. The use given
 * is of a function of the host.
 */
const struct domain_use *domain_map_rival_before(const struct domain_map *map,
						 const struct domain_use *use);
const struct domain_use *domain_map_rival_behind(const struct domain_map *map,
						 const struct domain_use *use);

/* Returns whether VFIO, or vDPA, pins all memory of a domain. */
bool domain_map_pins(const struct domain_map *map, const struct domain *domain);

/* Returns how many interfaces of one domain draw on the network at most: more never start together.
 */
size_t domain_map_takers(const struct domain_map *map, const struct domain_network *network);

/* Returns the function whose network interface has that name, or NULL. */
const struct pci_function *domain_map_interface(const struct host *host, const char *name);

#endif

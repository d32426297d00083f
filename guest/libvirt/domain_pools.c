/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_pools.h"

#include <string.h>

#include "model/assign/vfio_driver.h"

const struct domain_pool *domain_pool_find(const struct domain_map *map, const char *name)
{
	for (size_t i = 0; i < map->pool_count; i++) {
		if (strcmp(map->pools[i].name, name) == 0)
			return &map->pools[i];
	}
	return NULL;
}

static bool is_taken(const struct domain_map *map, const struct pci_function *function)
{
	return map->taken[function - map->host->pci.functions];
}

void domain_pools_take(struct domain_map *map, const struct pci_function *function)
{
	const struct pci *pci = &map->host->pci;

	if (!function || !map->pool_count || is_taken(map, function))
		return;
	for (size_t i = 0; i < pci->count; i++)
		map->taken[i] |= pci_same_group(function, &pci->functions[i]);
	map->taken[function - pci->functions] = true;
}

/* Higher is better: what can go, and is where the stack looks for it. */
static int fitness(const struct domain_map *map, const struct pci_function *function)
{
	enum assignable_verdict verdict =
		assignability_of(&map->model->assignability, function)->verdict;

	return 2 * (verdict == ASSIGNABLE || verdict == ASSIGNABLE_WITH) + driver_is_vfio(function);
}

static bool has_ids(const struct pci_function *function, const struct pool_choice *choice)
{
	return pci_knows_ids(function) && function->vendor.value == choice->vendor &&
	       function->device.value == choice->device;
}

static bool choose_by_ids(const struct domain_map *map, const struct pool_choice *choice,
			  struct domain_pool_use *ret)
{
	const struct pci *pci = &map->host->pci;
	int best = -1;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (!has_ids(function, choice) || is_taken(map, function))
			continue;
		int fit = fitness(map, function);
		if (fit <= best)
			continue;
		best = fit;
		ret->function = function;
		ret->choice = choice;
	}
	return best >= 0;
}

/* A slot that is named without a function stands for its function 0. */
static const struct pci_function *first_of(const struct domain_map *map,
					   const struct pool_choice *choice)
{
	return choice->count ? pci_find(&map->host->pci, &choice->functions[0].address) : NULL;
}

static bool choose_first(const struct domain_map *map, const struct domain_pool *pool,
			 struct domain_pool_use *ret)
{
	for (size_t i = 0; i < pool->count; i++) {
		const struct pci_function *first = first_of(map, &pool->choices[i]);
		if (!first || is_taken(map, first))
			continue;
		ret->function = first;
		ret->choice = &pool->choices[i];
		return true;
	}
	return false;
}

bool domain_pool_choose(struct domain_map *map, const struct domain_pool *pool,
			struct domain_pool_use *ret)
{
	bool *exhausted = &map->exhausted[pool - map->pools];

	*exhausted = *exhausted || !pool->count ||
		     !(pool->by_ids ? choose_by_ids(map, &pool->choices[0], ret)
				    : choose_first(map, pool, ret));
	if (*exhausted)
		return false;
	domain_pools_take(map, ret->function);
	return true;
}

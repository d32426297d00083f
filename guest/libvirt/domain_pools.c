/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_pools.h"

#include <string.h>

#include "model/assign/vfio_driver.h"

bool domain_pools_begin(const struct model *model, const struct domain_pool *pools, size_t count,
			struct arena *arena, struct domain_pools *ret)
{
	*ret = (struct domain_pools){
		.model = model,
		.pools = pools,
		.count = count,
		.taken = arena_array(arena, model->host->pci.count + 1, sizeof(*ret->taken)),
		.exhausted = arena_array(arena, count + 1, sizeof(*ret->exhausted)),
	};
	return ret->taken && ret->exhausted;
}

const struct domain_pool *domain_pools_find(const struct domain_pools *pools, const char *name)
{
	for (size_t i = 0; i < pools->count; i++) {
		if (strcmp(pools->pools[i].name, name) == 0)
			return &pools->pools[i];
	}
	return NULL;
}

static bool is_taken(const struct domain_pools *pools, const struct pci_function *function)
{
	return pools->taken[function - pools->model->host->pci.functions];
}

void domain_pools_take(struct domain_pools *pools, const struct pci_function *function)
{
	const struct pci *pci = &pools->model->host->pci;

	if (!function || !pools->count || is_taken(pools, function))
		return;
	for (size_t i = 0; i < pci->count; i++)
		pools->taken[i] |= pci_same_group(function, &pci->functions[i]);
	pools->taken[function - pci->functions] = true;
}

/* Higher is better: what can go, and is where the stack looks for it. */
static int fitness(const struct domain_pools *pools, const struct pci_function *function)
{
	enum assignable_verdict verdict =
		assignability_of(&pools->model->assignability, function)->verdict;

	return 2 * (verdict == ASSIGNABLE || verdict == ASSIGNABLE_WITH) + driver_is_vfio(function);
}

static bool has_ids(const struct pci_function *function, const struct pool_choice *choice)
{
	return pci_knows_ids(function) && function->vendor.value == choice->ids.vendor &&
	       function->device.value == choice->ids.device;
}

static const struct pool_choice *choose_by_ids(const struct domain_pools *pools,
					       const struct pool_choice *choice,
					       const struct pci_function **ret_function)
{
	const struct pci *pci = &pools->model->host->pci;
	int best = -1;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (!has_ids(function, choice) || is_taken(pools, function))
			continue;
		int fit = fitness(pools, function);
		if (fit <= best)
			continue;
		best = fit;
		*ret_function = function;
	}
	return best < 0 ? NULL : choice;
}

/* A node of Proxmox VE is named by the first part of its host name. */
bool domain_pools_names_host(const struct host *host, const struct pool_choice *choice)
{
	const char *name = fact_known(&host->hostname.fact) ? host->hostname.text : NULL;

	if (!name || !choice->node)
		return false;
	size_t length = strcspn(name, ".");
	return strncmp(name, choice->node, length) == 0 && !choice->node[length];
}

/* Proxmox VE looks at the lines of its own node alone (get_node_mapping(), PVE/Mapping/PCI.pm). */
bool domain_pools_fits_host(const struct host *host, const struct pool_choice *choice)
{
	return !fact_known(&host->hostname.fact) || !choice->node ||
	       domain_pools_names_host(host, choice);
}

/* A slot that is named without a function stands for its function 0. Where the node of a choice
 * cannot be compared with the host's name, what is there counts. */
static const struct pool_choice *choose_first(const struct domain_pools *pools,
					      const struct domain_pool *pool,
					      const struct pci_function **ret_function)
{
	for (size_t i = 0; i < pool->count; i++) {
		const struct pool_choice *choice = &pool->choices[i];
		const struct pci_function *first =
			pci_find(&pools->model->host->pci, &choice->functions[0].address);
		if (!first || is_taken(pools, first) ||
		    !domain_pools_fits_host(pools->model->host, choice))
			continue;
		*ret_function = first;
		return choice;
	}
	return NULL;
}

const struct pool_choice *domain_pools_choose(struct domain_pools *pools,
					      const struct domain_pool *pool,
					      const struct pci_function **ret_function)
{
	bool *exhausted = &pools->exhausted[pool - pools->pools];
	const struct pool_choice *choice = NULL;

	if (!*exhausted && pool->count)
		choice = pool->by_ids ? choose_by_ids(pools, &pool->choices[0], ret_function)
				      : choose_first(pools, pool, ret_function);
	*exhausted = !choice;
	if (choice)
		domain_pools_take(pools, *ret_function);
	return choice;
}

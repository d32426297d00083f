/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_map.h"

#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS_OF_SLOT = 8 };

/* Networks of one name stay in the order that they were given in. */
static int compare_networks(const void *left, const void *right)
{
	const struct domain_network *const *a = left, *const *b = right;
	int order = strcmp((*a)->name, (*b)->name);

	return order ? order : (*a > *b) - (*a < *b);
}

static void sort_networks(struct domain_map *map)
{
	for (size_t i = 0; i < map->network_count; i++) {
		if (map->networks[i].name)
			map->by_name[map->named_count++] = &map->networks[i];
	}
	if (map->named_count)
		qsort(map->by_name, map->named_count, sizeof(*map->by_name), compare_networks);
}

/* Returns the first network of that name that was given, or NULL. */
static const struct domain_network *find_network(const struct domain_map *map, const char *name)
{
	size_t low = 0, high = map->named_count;

	if (!name)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(map->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < map->named_count && strcmp(map->by_name[low]->name, name) == 0;
	return found ? map->by_name[low] : NULL;
}

static void add_use(struct domain_map *map, struct arena *arena, const struct domain *domain,
		    const struct domain_device *device, const struct domain_device *named)
{
	const struct host *host = map->host;
	char text[PCI_ADDRESS_SIZE];
	struct domain_use use = {
		.domain = domain,
		.device = device,
		.named = named,
		.function = pci_find(&host->pci, &device->source),
	};

	pci_address_format(&device->source, text);
	use.address = arena_printf(arena, "%s", text);
	if (use.function)
		use.assignable = assignability_of(&map->model->assignability, use.function);
	map->uses[map->use_count++] = use;
	map->pinned[domain - map->domains] |= use.function != NULL;
}

/* A slot that the host does not have is a use of its function 0, which is not there. */
static void add_slot(struct domain_map *map, struct arena *arena, const struct domain *domain,
		     const struct domain_device *device, const struct domain_device *origin)
{
	const struct pci_function *named = pci_find(&map->host->pci, &device->source);
	size_t before = map->use_count;

	for (unsigned function = 0; function < FUNCTIONS_OF_SLOT; function++) {
		struct domain_device *one = arena_alloc(arena, sizeof(*one));
		if (!one)
			return;
		*one = *device;
		one->source.function = (uint8_t)function;
		const struct pci_function *found = pci_find(&map->host->pci, &one->source);
		if (found && (found == named || !device->slot_in_group ||
			      (named && pci_same_group(named, found))))
			add_use(map, arena, domain, one, origin);
	}
	if (map->use_count == before)
		add_use(map, arena, domain, device, origin);
}

/* vhost-vdpa and mediated devices pin as VFIO does; of an argument it is not known. */
static bool pins(const struct domain_device *device)
{
	return device->kind == DOMAIN_DEVICE_VDPA || device->kind == DOMAIN_DEVICE_MDEV;
}

static void add_other(struct domain_map *map, const struct domain *domain,
		      const struct domain_device *device)
{
	map->others[map->other_count++] =
		(struct domain_other_use){.domain = domain, .device = device};
	map->pinned[domain - map->domains] |= pins(device);
}

static void add_network_use(struct domain_map *map, const struct domain *domain,
			    const struct domain_device *device)
{
	const struct domain_network *network = find_network(map, device->network);

	if (!network)
		add_other(map, domain, device);
	if (!network || !network->hands_out_functions)
		return;
	map->network_uses[map->network_use_count++] =
		(struct domain_network_use){.domain = domain, .device = device, .network = network};
	map->pinned[domain - map->domains] = true;
}

static void add_from_pool(struct domain_map *map, struct arena *arena, const struct domain *domain,
			  const struct domain_device *device)
{
	const struct domain_pool *pool = domain_pools_find(&map->pools, device->pool);
	struct domain_pool_use use = {.domain = domain, .device = device};

	if (pool)
		use.choice = domain_pools_choose(&map->pools, pool, &use.function);
	if (!use.choice) {
		add_other(map, domain, device);
		map->others[map->other_count - 1].pool = pool;
		return;
	}
	map->pool_uses[map->pool_use_count++] = use;
	for (size_t i = 0; i < (pool->by_ids ? 1 : use.choice->count); i++) {
		struct domain_device *one = arena_alloc(arena, sizeof(*one));
		if (!one)
			return;
		*one = *device;
		one->kind = DOMAIN_DEVICE_HOSTDEV;
		one->has_source = true;
		one->whole_slot = !pool->by_ids && use.choice->functions[i].whole_slot;
		one->source =
			pool->by_ids ? use.function->address : use.choice->functions[i].address;
		if (one->whole_slot)
			add_slot(map, arena, domain, one, device);
		else
			add_use(map, arena, domain, one, device);
	}
}

/* Where the host has no such interface now, or has it upon another bus, the function is not known.
 */
static void add_netdev(struct domain_map *map, struct arena *arena, const struct domain *domain,
		       const struct domain_device *device)
{
	const struct pci_function *function = domain_map_interface(map->host, device->netdev);
	struct domain_device *one = function ? arena_alloc(arena, sizeof(*one)) : NULL;

	if (!one) {
		add_other(map, domain, device);
		return;
	}
	*one = *device;
	one->kind = DOMAIN_DEVICE_HOSTDEV;
	one->has_source = true;
	one->source = function->address;
	add_use(map, arena, domain, one, device);
}

/* Mediated devices, also by a mapping, and what names no function of the host. */
static bool is_other(const struct domain_device *device)
{
	if (device->kind == DOMAIN_DEVICE_MDEV)
		return true;
	return !device->pool && !device->has_source && domain_device_is_foreign(device);
}

static void add_device(struct domain_map *map, struct arena *arena, const struct domain *domain,
		       const struct domain_device *device)
{
	if (device->netdev)
		add_netdev(map, arena, domain, device);
	else if (is_other(device))
		add_other(map, domain, device);
	else if (device->pool)
		add_from_pool(map, arena, domain, device);
	else if (device->has_source && device->whole_slot)
		add_slot(map, arena, domain, device, device);
	else if (device->has_source)
		add_use(map, arena, domain, device, device);
	else if (device->kind == DOMAIN_DEVICE_NETWORK)
		add_network_use(map, domain, device);
}

/* Returns the most uses that a device of a pool can be. */
static size_t pool_bound(const struct domain_pool *pool)
{
	size_t most = 1;

	for (size_t i = 0; pool && i < pool->count; i++) {
		size_t count = pool->choices[i].count * FUNCTIONS_OF_SLOT;
		most = count > most ? count : most;
	}
	return most;
}

static size_t count_uses(const struct domain_map *map, const struct domain *domain)
{
	size_t count = 0;

	for (size_t i = 0; i < domain->device_count; i++) {
		const struct domain_device *device = &domain->devices[i];
		if (device->pool)
			count += pool_bound(domain_pools_find(&map->pools, device->pool));
		else
			count += device->whole_slot ? FUNCTIONS_OF_SLOT : 1;
	}
	return count;
}

/* Orders what lies in one array. */
static int compare_places(const void *a, const void *b)
{
	return (a > b) - (a < b);
}

static int compare_by_function(const void *left, const void *right)
{
	const struct domain_use *const *a = left, *const *b = right;
	int order = compare_places((*a)->function, (*b)->function);

	return order ? order : compare_places(*a, *b);
}

/* Returns 0 for functions that cannot have different owners. */
static int compare_owners(const struct pci_function *a, const struct pci_function *b)
{
	bool grouped = fact_known(&a->group.fact);

	if (grouped != fact_known(&b->group.fact))
		return grouped ? 1 : -1;
	if (!grouped)
		return compare_places(a, b);
	return (a->group.value > b->group.value) - (a->group.value < b->group.value);
}

static int compare_by_owner(const void *left, const void *right)
{
	const struct domain_use *const *a = left, *const *b = right;
	int order = compare_owners((*a)->function, (*b)->function);

	return order ? order : compare_places(*a, *b);
}

static void sort_uses(struct domain_map *map)
{
	for (size_t i = 0; i < map->use_count; i++) {
		if (map->uses[i].function)
			map->by_function[map->found_count++] = &map->uses[i];
	}
	if (!map->found_count)
		return;
	memcpy(map->by_owner, map->by_function, map->found_count * sizeof(const void *));
	qsort(map->by_function, map->found_count, sizeof(const void *), compare_by_function);
	qsort(map->by_owner, map->found_count, sizeof(const void *), compare_by_owner);
	for (size_t i = 0; i < map->found_count; i++)
		map->owner_places[map->by_owner[i] - map->uses] = i;
}

static bool make_room(struct domain_map *map, size_t devices, size_t uses, struct arena *arena)
{
	map->uses = arena_array(arena, uses + 1, sizeof(*map->uses));
	map->by_function = arena_array(arena, uses + 1, sizeof(const void *));
	map->by_owner = arena_array(arena, uses + 1, sizeof(const void *));
	map->owner_places = arena_array(arena, uses + 1, sizeof(*map->owner_places));
	map->network_uses = arena_array(arena, devices + 1, sizeof(*map->network_uses));
	map->pool_uses = arena_array(arena, devices + 1, sizeof(*map->pool_uses));
	map->others = arena_array(arena, devices + 1, sizeof(*map->others));
	map->parts = arena_array(arena, map->domain_count + 1, sizeof(*map->parts));
	map->pinned = arena_array(arena, map->domain_count + 1, sizeof(*map->pinned));
	map->by_name = arena_array(arena, map->network_count + 1, sizeof(const void *));
	map->takers = arena_array(arena, map->network_count + 1, sizeof(*map->takers));
	return map->uses && map->by_function && map->by_owner && map->owner_places &&
	       map->network_uses && map->pool_uses && map->others && map->parts && map->pinned &&
	       map->by_name && map->takers;
}

static void add_devices(struct domain_map *map, struct arena *arena, const struct domain *domain)
{
	struct domain_part *part = &map->parts[domain - map->domains];
	size_t uses = map->use_count, network_uses = map->network_use_count,
	       others = map->other_count;

	for (size_t i = 0; i < domain->device_count; i++)
		add_device(map, arena, domain, &domain->devices[i]);
	*part = (struct domain_part){
		.uses = {map->uses + uses, map->uses + map->use_count},
		.network_uses = map->network_uses + network_uses,
		.network_use_count = map->network_use_count - network_uses,
		.others = map->others + others,
		.other_count = map->other_count - others,
	};
}

/* Those of the domain that is counted for a network. */
struct count {
	const struct domain *domain;
	size_t uses;
};

static void count_takers(struct domain_map *map, struct arena *arena)
{
	struct count *counts = arena_array(arena, map->network_count + 1, sizeof(*counts));

	for (size_t i = 0; counts && i < map->network_use_count; i++) {
		const struct domain_network_use *use = &map->network_uses[i];
		size_t network = (size_t)(use->network - map->networks);
		struct count *count = &counts[network];
		if (count->domain != use->domain)
			*count = (struct count){.domain = use->domain};
		if (++count->uses > map->takers[network])
			map->takers[network] = count->uses;
	}
}

/* What a guest names is in no pool any more, whichever guest comes first. */
static void take_named(struct domain_map *map, const struct domain *domain)
{
	for (size_t i = 0; i < domain->device_count; i++) {
		if (domain->devices[i].has_source)
			domain_pools_take(&map->pools,
					  pci_find(&map->host->pci, &domain->devices[i].source));
	}
}

void domain_map_build(const struct model *model, const struct domain_set *set, struct arena *arena,
		      struct domain_map *ret)
{
	struct domain_map map = {
		.host = model->host,
		.model = model,
		.domains = set->domains,
		.domain_count = set->domain_count,
		.networks = set->networks,
		.network_count = set->network_count,
	};
	size_t devices = 0, uses = 0;

	if (!domain_pools_begin(model, set->pools, set->pool_count, arena, &map.pools))
		map.domain_count = 0;
	for (size_t i = 0; i < map.domain_count; i++) {
		devices += map.domains[i].device_count;
		uses += count_uses(&map, &map.domains[i]);
	}
	if (make_room(&map, devices, uses, arena)) {
		sort_networks(&map);
		for (size_t i = 0; i < map.domain_count; i++)
			take_named(&map, &map.domains[i]);
		for (size_t i = 0; i < map.domain_count; i++)
			add_devices(&map, arena, &map.domains[i]);
		sort_uses(&map);
		count_takers(&map, arena);
	}
	*ret = map;
}

struct domain_part domain_map_part(const struct domain_map *map, const struct domain *domain)
{
	return map->parts ? map->parts[domain - map->domains] : (struct domain_part){0};
}

struct domain_uses domain_map_uses(const struct domain_map *map, const struct domain *domain)
{
	return domain_map_part(map, domain).uses;
}

const struct domain_use *domain_uses_first(struct domain_uses uses)
{
	while (uses.begin < uses.end && !uses.begin->function)
		uses.begin++;
	return uses.begin < uses.end ? uses.begin : NULL;
}

const struct domain_use *domain_map_find(const struct domain_map *map, const struct domain *domain,
					 const struct pci_function *function)
{
	const struct domain_uses uses = domain_map_uses(map, domain);
	size_t low = 0, high = map->found_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct domain_use *use = map->by_function[middle];
		if (use->function < function || (use->function == function && use < uses.begin))
			low = middle + 1;
		else
			high = middle;
	}
	const struct domain_use *found = low < map->found_count ? map->by_function[low] : NULL;
	return found && found->function == function && found < uses.end ? found : NULL;
}

bool domain_map_is_first(const struct domain_map *map, const struct domain_use *use)
{
	return use->function && domain_map_find(map, use->domain, use->function) == use;
}

/* Returns the use at that place of by_owner where its owner must be that of use, or NULL. */
static const struct domain_use *rival_at(const struct domain_map *map, size_t place,
					 const struct domain_use *use)
{
	const struct domain_use *rival = place < map->found_count ? map->by_owner[place] : NULL;

	return rival && compare_owners(rival->function, use->function) == 0 ? rival : NULL;
}

const struct domain_use *domain_map_rival_before(const struct domain_map *map,
						 const struct domain_use *use)
{
	size_t place = map->owner_places[use - map->uses];

	return place ? rival_at(map, place - 1, use) : NULL;
}

const struct domain_use *domain_map_rival_behind(const struct domain_map *map,
						 const struct domain_use *use)
{
	return rival_at(map, map->owner_places[use - map->uses] + 1, use);
}

bool domain_map_pins(const struct domain_map *map, const struct domain *domain)
{
	return map->pinned && map->pinned[domain - map->domains];
}

size_t domain_map_takers(const struct domain_map *map, const struct domain_network *network)
{
	return map->takers ? map->takers[network - map->networks] : 0;
}

const struct pci_function *domain_map_interface(const struct host *host, const char *name)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (fact_list_find(&function->netdevs, name))
			return function;
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/alone.h"

#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "model/platform.h"

/* The first two functions of a group that are not ports; second is NULL where it has one alone. */
struct group_neighbours {
	int64_t group;
	const struct pci_function *first, *second;
};

static bool is_port(const struct pci_function *function)
{
	return pci_class(function) == PCI_CLASS_BRIDGE_PCI;
}

static int compare_groups(const void *a, const void *b)
{
	const struct group_neighbours *one = a, *other = b;

	return (one->group > other->group) - (one->group < other->group);
}

/* Functions lie in one array, in the order of their addresses. */
static int compare_members(const void *a, const void *b)
{
	const struct group_neighbours *one = a, *other = b;
	int order = compare_groups(a, b);

	return order ? order : (one->first > other->first) - (one->first < other->first);
}

/* Leaves one entry a group, with the first two functions of it. */
static size_t join(struct group_neighbours *groups, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct group_neighbours *last = kept ? &groups[kept - 1] : NULL;
		if (!last || last->group != groups[i].group)
			groups[kept++] = groups[i];
		else if (!last->second)
			last->second = groups[i].first;
	}
	return kept;
}

void alone_build(const struct host *host, const struct isolation *isolation,
		 const struct stale_groups *stale, enum acs_override_state override,
		 struct arena *arena, struct alone *ret)
{
	const struct pci *pci = &host->pci;
	struct group_neighbours *groups = arena_array(arena, pci->count + 1, sizeof(*groups));
	size_t count = 0;

	*ret = (struct alone){
		.host = host,
		.isolation = isolation,
		.stale = stale,
		.overridden = override == ACS_OVERRIDE_ACTS,
	};
	for (size_t i = 0; groups && i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (fact_known(&function->group.fact) && !is_port(function))
			groups[count++] = (struct group_neighbours){.group = function->group.value,
								    .first = function};
	}
	if (count)
		qsort(groups, count, sizeof(*groups), compare_members);
	ret->groups = groups;
	ret->count = join(groups, count);
}

const struct fact *alone_unread(const struct alone *alone, const struct pci_function *function)
{
	const struct iommu_groups *groups = &alone->host->groups;
	const struct iommu_group *group = iommu_group_find(groups, function->group.value);

	if (!group)
		return &groups->fact;
	return fact_list_find(&group->devices, function->name) ? NULL : &group->devices.fact;
}

static const char *find_linked(const struct alone *alone, const struct pci_function *function)
{
	const struct group_neighbours key = {.group = function->group.value};
	const struct group_neighbours *group =
		alone->count
			? bsearch(&key, alone->groups, alone->count, sizeof(key), compare_groups)
			: NULL;

	if (!group)
		return NULL;
	const struct pci_function *other = group->first == function ? group->second : group->first;
	return other ? other->name : NULL;
}

/* By the kernel's list of the group, which names also what was not read and what is not a PCI
 * device. */
static const char *find_listed(const struct host *host, const struct pci_function *function)
{
	const struct iommu_group *group = iommu_group_find(&host->groups, function->group.value);

	for (size_t i = 0; group && i < group->devices.count; i++) {
		const char *name = group->devices.names[i];
		const struct pci_function *other = pci_find_name(&host->pci, name);
		if (other ? other != function && !is_port(other)
			  : strcmp(name, function->name) != 0)
			return name;
	}
	return NULL;
}

static const char *find_predicted(const struct isolation_group *group,
				  const struct pci_function *function)
{
	for (size_t i = 0; i < group->count; i++) {
		if (group->functions[i] != function && !is_port(group->functions[i]))
			return group->functions[i]->name;
	}
	return NULL;
}

enum alone_state alone_of(const struct alone *alone, const struct pci_function *function,
			  const char **ret_neighbour)
{
	const struct isolation_group *group = isolation_of(alone->isolation, function);
	enum stale_state stale = stale_group_of(alone->stale, function);
	bool grouped = platform_in_real_group(alone->host, function);

	*ret_neighbour = NULL;
	if (!grouped && !(group && group->known))
		return ALONE_UNKNOWN;
	if (!grouped)
		*ret_neighbour = find_predicted(group, function);
	else if (!(*ret_neighbour = find_linked(alone, function)))
		*ret_neighbour = find_listed(alone->host, function);
	if (!*ret_neighbour && alone->overridden && group && group->known)
		*ret_neighbour = find_predicted(group, function);
	if (*ret_neighbour || stale == STALE_YES)
		return ALONE_NO;
	if (grouped && alone_unread(alone, function))
		return ALONE_UNKNOWN;
	return (stale == STALE_UNKNOWN || alone->overridden) && group && group->unknown_why
		       ? ALONE_UNKNOWN
		       : ALONE_YES;
}

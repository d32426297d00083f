/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/companions.h"

#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "model/assign/vfio_driver.h"
#include "model/platform.h"

/* Of a group; one is enough to leave its members undetermined. */
enum { MOST_DOUBTS = 8 };

struct companion_group {
	/* Members that a host driver holds, twice over: the others of the holder at i are the
	 * holder_count - 1 from i + 1 on. */
	const struct pci_function **holders;
	size_t holder_count;
	const struct pci_function **vital; /* holders that the host needs, then: or may need */
	size_t vital_count;
	size_t doubtful_count;
	struct companion_doubt *doubts;
	size_t doubt_count;
};

struct builder {
	const struct host *host;
	const struct isolation *isolation;
	const struct host_uses *uses;
	struct arena *arena;
	struct companions *out;
};

/* Up to 5.18 a bridge counted as harmless with any driver: vfio_dev_viable(), vfio.c. */
static bool bridges_are_harmless(const struct host *host)
{
	return host_kernel_has(host, 5, 19) == BOOLEAN_NO;
}

/* Whether the member's driver keeps the group from VFIO. */
static bool is_held(const struct host *host, const struct pci_function *member)
{
	if (!fact_known(&member->driver.fact) || driver_leaves_dma(member))
		return false;
	return pci_header_type(member) <= PCI_HEADER_TYPE_NORMAL || !bridges_are_harmless(host);
}

static void doubt(const struct builder *builder, struct companion_group *group,
		  const struct fact *evidence, const char *why)
{
	struct companion_doubt **end = &group->doubts;

	if (group->doubt_count++ >= MOST_DOUBTS)
		return;
	struct companion_doubt *item = arena_alloc(builder->arena, sizeof(*item));
	if (!item)
		return;
	*item = (struct companion_doubt){.why = why, .evidence = evidence};
	while (*end)
		end = &(*end)->next;
	*end = item;
}

static void add_member(const struct builder *builder, struct companion_group *group,
		       const struct pci_function *member)
{
	if (!fact_settled(&member->driver.fact)) {
		doubt(builder, group, &member->driver.fact,
		      arena_printf(builder->arena,
				   "the driver of %s in its group could not be read",
				   member->name));
	} else if (is_held(builder->host, member)) {
		builder->out->holders[member - builder->host->pci.functions] = group->holder_count;
		group->holders[group->holder_count++] = member;
	}
}

static void add_name(const struct builder *builder, struct companion_group *group, const char *name,
		     const struct fact *members)
{
	const struct pci_function *member = pci_find_name(&builder->host->pci, name);
	struct pci_address address;

	if (member) {
		add_member(builder, group, member);
		return;
	}
	/* Platform devices may share a group; their drivers are not read. */
	bool is_pci = pci_address_parse(name, &address) == 0;
	doubt(builder, group, members,
	      arena_printf(builder->arena, "its group holds %s, of which nothing was read%s", name,
			   is_pci ? "" : " (no PCI device)"));
}

static bool begin(const struct builder *builder, struct companion_group *group, size_t members)
{
	group->holders =
		arena_array(builder->arena, 2 * members + 1, sizeof(struct pci_function *));
	return group->holders;
}

static void find_vital(const struct builder *builder, struct companion_group *group)
{
	for (size_t i = 0; i < group->holder_count; i++) {
		if (host_uses_vital(builder->uses, group->holders[i]))
			group->vital[group->vital_count++] = group->holders[i];
	}
	for (size_t i = 0; i < group->holder_count; i++) {
		const struct pci_function *holder = group->holders[i];
		if (!host_uses_vital(builder->uses, holder) &&
		    host_uses_doubt(builder->uses, holder, builder->arena).evidence)
			group->vital[group->vital_count + group->doubtful_count++] = holder;
	}
}

static void finish(const struct builder *builder, struct companion_group *group)
{
	group->vital =
		arena_array(builder->arena, group->holder_count + 1, sizeof(struct pci_function *));
	if (group->vital)
		find_vital(builder, group);
	memcpy(group->holders + group->holder_count, group->holders,
	       group->holder_count * sizeof(struct pci_function *));
}

static void build_group(const struct builder *builder, const struct iommu_group *group,
			struct companion_group *ret)
{
	if (!begin(builder, ret, group->devices.count))
		return;
	for (size_t i = 0; i < group->devices.count; i++)
		add_name(builder, ret, group->devices.names[i], &group->devices.fact);
	finish(builder, ret);
}

static struct companion_group *build_predicted(const struct builder *builder,
					       const struct isolation_group *group)
{
	struct companion_group *built = arena_alloc(builder->arena, sizeof(*built));

	if (!built || !begin(builder, built, group->count))
		return NULL;
	for (size_t i = 0; i < group->count; i++)
		add_member(builder, built, group->functions[i]);
	finish(builder, built);
	return built;
}

/* Members of a predicted group are by address, so that the first of them comes first. */
static void build_all_predicted(const struct builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	struct companion_group **predicted =
		arena_array(builder->arena, pci->count + 1, sizeof(*predicted));

	for (size_t i = 0; predicted && i < pci->count; i++) {
		const struct isolation_group *group =
			isolation_of(builder->isolation, &pci->functions[i]);
		if (!group || !group->known)
			continue;
		size_t first = (size_t)(group->functions[0] - pci->functions);
		if (!predicted[first])
			predicted[first] = build_predicted(builder, group);
		predicted[i] = predicted[first];
	}
	builder->out->predicted = predicted;
}

/*
 * A function's link and the list of its group come from one place, iommu_group_add_device() of
 * drivers/iommu/iommu.c: a list that lacks the function may lack its companions, too.
 */
static void doubt_list(const struct builder *builder, const struct pci_function *function)
{
	const struct iommu_groups *groups = &builder->host->groups;
	const struct iommu_group *group = iommu_group_find(groups, function->group.value);

	if (!group || !fact_known(&group->devices.fact) ||
	    fact_list_find(&group->devices, function->name))
		return;
	struct companion_group *built = &builder->out->groups[group - groups->groups];
	if (!built->doubts)
		doubt(builder, built, &group->devices.fact,
		      arena_printf(builder->arena, "the list of its group lacks %s, which is in it",
				   function->name));
}

/* A group of VFIO's noiommu mode has one device, and nobody to go along with it: once an IOMMU
 * runs, the group predicted is what comes. A member whose group was not read says nothing. */
static bool is_of_noiommu(const struct host *host, const struct iommu_group *group)
{
	for (size_t i = 0; i < group->devices.count; i++) {
		const struct pci_function *function =
			pci_find_name(&host->pci, group->devices.names[i]);
		if (function && fact_known(&function->group.fact))
			return !platform_in_real_group(host, function);
	}
	return false;
}

void companions_build(const struct host *host, const struct isolation *isolation,
		      const struct host_uses *uses, struct arena *arena, struct companions *ret)
{
	const struct iommu_groups *groups = &host->groups;
	const struct builder builder = {
		.host = host, .isolation = isolation, .uses = uses, .arena = arena, .out = ret};
	bool grouped = true;

	*ret = (struct companions){
		.host = host,
		.groups = arena_array(arena, groups->count + 1, sizeof(struct companion_group)),
		.holders = arena_array(arena, host->pci.count + 1, sizeof(size_t)),
	};
	if (!ret->groups || !ret->holders)
		return;
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (platform_in_real_group(host, function))
			doubt_list(&builder, function);
		else
			grouped = false;
	}
	if (!grouped)
		build_all_predicted(&builder);
	/* The kernel's groups come last: a function's place is that in its own. */
	for (size_t i = 0; i < groups->count; i++) {
		if (!is_of_noiommu(host, &groups->groups[i]))
			build_group(&builder, &groups->groups[i], &ret->groups[i]);
	}
}

static const struct companion_group *group_of(const struct companions *companions,
					      const struct pci_function *function)
{
	const struct host *host = companions->host;

	if (platform_in_real_group(host, function)) {
		const struct iommu_group *group =
			iommu_group_find(&host->groups, function->group.value);
		return group ? &companions->groups[group - host->groups.groups] : NULL;
	}
	return companions->predicted ? companions->predicted[function - host->pci.functions] : NULL;
}

struct companion_list companions_of(const struct companions *companions,
				    const struct pci_function *function)
{
	const struct companion_group *group =
		companions->groups && companions->holders ? group_of(companions, function) : NULL;

	if (!group || !group->holder_count)
		return (struct companion_list){.doubts = group ? group->doubts : NULL};
	size_t index = companions->holders[function - companions->host->pci.functions];
	bool holds = index < group->holder_count && group->holders[index] == function;
	return (struct companion_list){
		.functions = holds ? group->holders + index + 1 : group->holders,
		.count = group->holder_count - holds,
		.first = group->holders[0],
		.vital = group->vital,
		.vital_count = group->vital_count,
		.doubtful_count = group->doubtful_count,
		.doubts = group->doubts,
	};
}

static int compare_holders(const void *name, const void *holder)
{
	return strcmp(name, (*(const struct pci_function *const *)holder)->name);
}

/* The names of a group's list are sorted, and so are those of its members that are held. */
bool companions_include(const struct companions *companions, const struct pci_function *function,
			const struct pci_function *other)
{
	const struct companion_group *group =
		companions->groups ? group_of(companions, function) : NULL;

	return group && group->holder_count && group->holders &&
	       bsearch(other->name, group->holders, group->holder_count, sizeof(*group->holders),
		       compare_holders);
}

struct companion_list companions_of_group(const struct companions *companions,
					  const struct iommu_group *group)
{
	const struct companion_group *built =
		companions->groups ? &companions->groups[group - companions->host->groups.groups]
				   : NULL;

	if (!built)
		return (struct companion_list){0};
	return (struct companion_list){
		.functions = built->holders,
		.count = built->holder_count,
		.first = built->holder_count ? built->holders[0] : NULL,
		.vital = built->vital,
		.vital_count = built->vital_count,
		.doubtful_count = built->doubtful_count,
		.doubts = built->doubts,
	};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation.h"

#include <string.h>

#include "model/dma_alias.h"
#include "model/pcie.h"
#include "model/platform.h"

enum { CLASS_IOMMU = 0x0806 };

/* Whether every function from a bridge up to the root bus isolates. */
enum path { PATH_UNSEEN, PATH_ISOLATES, PATH_FAILS, PATH_UNKNOWN };

/* What is known of one function while groups are formed. */
struct node {
	size_t leader; /* of the set that it is in: an index, its own where it leads */
	bool judged;
	struct acs acs;
	enum path path; /* from this function upward */
	const char *unknown_why;
	struct isolation_culprit *culprits; /* of what joins at this function */
};

struct builder {
	const struct host *host;
	struct acs_context context;
	struct arena *arena;
	struct node *nodes;
};

static size_t index_of(const struct builder *builder, const struct pci_function *function)
{
	return (size_t)(function - builder->host->pci.functions);
}

static struct node *node_of(const struct builder *builder, const struct pci_function *function)
{
	return &builder->nodes[index_of(builder, function)];
}

static size_t find_leader(struct node *nodes, size_t index)
{
	while (nodes[index].leader != index) {
		nodes[index].leader = nodes[nodes[index].leader].leader;
		index = nodes[index].leader;
	}
	return index;
}

static void join(const struct builder *builder, const struct pci_function *a,
		 const struct pci_function *b)
{
	size_t left = find_leader(builder->nodes, index_of(builder, a));
	size_t right = find_leader(builder->nodes, index_of(builder, b));

	/* The lowest leads, so that groups come in the order of addresses. */
	if (left < right)
		builder->nodes[right].leader = left;
	else
		builder->nodes[left].leader = right;
}

static const struct acs *judge(const struct builder *builder, const struct pci_function *function)
{
	struct node *node = node_of(builder, function);

	if (!node->judged)
		node->acs = acs_judge(&builder->context, function);
	node->judged = true;
	return &node->acs;
}

/* Notes that what group the function is in cannot be told. */
static void set_unknown(const struct builder *builder, const struct pci_function *function,
			const struct pci_function *culprit, const char *why)
{
	struct node *node = node_of(builder, function);

	if (!node->unknown_why)
		node->unknown_why = arena_printf(builder->arena, "%s %s", culprit->name, why);
}

static void blame(const struct builder *builder, const struct pci_function *function,
		  const struct pci_function *culprit, const char *why)
{
	struct node *node = node_of(builder, function);
	struct isolation_culprit *entry = arena_alloc(builder->arena, sizeof(*entry));

	for (const struct isolation_culprit *known = node->culprits; known; known = known->next) {
		if (known->function == culprit)
			return;
	}
	if (!entry)
		return;
	*entry = (struct isolation_culprit){culprit, why, node->culprits};
	node->culprits = entry;
}

static const char *why_it_fails(const struct builder *builder, const struct acs *acs)
{
	if (!acs->missing)
		return acs->why;
	return arena_printf(builder->arena, "lacks ACS %s",
			    isolation_bit_names(builder->arena, acs->missing));
}

/* Follows the bridges upward from function to one whose path is known, or to the root bus. */
static enum path path_of(const struct builder *builder, const struct pci_function *function)
{
	struct node *node = node_of(builder, function);

	if (node->path != PATH_UNSEEN)
		return node->path;
	const struct acs *acs = judge(builder, function);
	enum path above = PATH_ISOLATES;

	if (function->parent_state == FACT_KNOWN)
		above = path_of(builder, function->parent);
	else if (function->parent_state != FACT_ABSENT)
		above = PATH_UNKNOWN;
	/* One that fails is enough, whatever is not known of others. */
	if (acs->verdict == ACS_FAILS || above == PATH_FAILS)
		node->path = PATH_FAILS;
	else if (acs->verdict == ACS_UNKNOWN || above == PATH_UNKNOWN)
		node->path = PATH_UNKNOWN;
	else
		node->path = PATH_ISOLATES;
	return node->path;
}

/* Blames each function on the path that fails. */
static void blame_path(const struct builder *builder, const struct pci_function *function)
{
	for (const struct pci_function *above = function->parent; above; above = above->parent) {
		const struct acs *acs = judge(builder, above);
		if (acs->verdict == ACS_FAILS)
			blame(builder, function, above, why_it_fails(builder, acs));
	}
}

/* The function is in the VMD endpoint's group: its DMA bears that one's requester id. */
static bool join_vmd(const struct builder *builder, const struct pci_function *function)
{
	if (!function->vmd)
		return false;
	join(builder, function, function->vmd);
	blame(builder, function, function->vmd, "is the VMD endpoint that stands for it");
	return true;
}

/* The function is in the group of the first bridge above that does its DMA for it. */
static bool join_aliasing_bridge(const struct builder *builder, const struct pci_function *function)
{
	for (const struct pci_function *bridge = function->parent; bridge;
	     bridge = bridge->parent) {
		switch (dma_alias_of_bridge(bridge)) {
		case BRIDGE_ALIAS_NO:
			continue;
		case BRIDGE_ALIAS_STOP:
			return false;
		case BRIDGE_ALIAS_UNKNOWN:
			set_unknown(builder, function, bridge,
				    "has capabilities that were not read");
			set_unknown(builder, function->parent, bridge,
				    "has capabilities that were not read");
			return false;
		case BRIDGE_ALIAS_YES:
			join(builder, function, bridge);
			blame(builder, function, bridge, "is a bridge to conventional PCI");
			return true;
		}
	}
	return false;
}

static const char *path_culprit(const struct builder *builder, const struct pci_function *function,
				const struct pci_function **ret)
{
	for (const struct pci_function *above = function->parent; above; above = above->parent) {
		const struct acs *acs = judge(builder, above);
		*ret = above;
		if (acs->verdict == ACS_UNKNOWN)
			return acs->why;
		if (above->parent_state != FACT_KNOWN && above->parent_state != FACT_ABSENT)
			return "has a place in the hierarchy that is not known";
	}
	*ret = function;
	return "has a place in the hierarchy that is not known";
}

/* The function is in its bridge's group where something above does not isolate. */
static bool join_path(const struct builder *builder, const struct pci_function *function)
{
	const struct pci_function *culprit;

	if (function->parent_state == FACT_ABSENT)
		return false;
	enum path path = function->parent ? path_of(builder, function->parent) : PATH_UNKNOWN;
	if (path == PATH_FAILS) {
		join(builder, function, function->parent);
		blame_path(builder, function);
		return true;
	}
	if (path == PATH_UNKNOWN) {
		const char *why = path_culprit(builder, function, &culprit);
		set_unknown(builder, function, culprit, why);
		if (function->parent)
			set_unknown(builder, function->parent, culprit, why);
	}
	return false;
}

/* Calls for each function of the bus, but for function itself. */
typedef void (*visitor)(const struct builder *builder, const struct pci_function *function,
			const struct pci_function *other);

static void visit_bus(const struct builder *builder, const struct pci_function *function,
		      bool slot_only, visitor visit)
{
	const struct pci *pci = &builder->host->pci;
	size_t first = index_of(builder, function), last = first;

	while (first > 0 && pcie_same_bus(function, &pci->functions[first - 1]) &&
	       (!slot_only || pci->functions[first - 1].address.device == function->address.device))
		first--;
	while (last + 1 < pci->count && pcie_same_bus(function, &pci->functions[last + 1]) &&
	       (!slot_only || pci->functions[last + 1].address.device == function->address.device))
		last++;
	for (size_t i = first; i <= last; i++) {
		if (&pci->functions[i] != function)
			visit(builder, function, &pci->functions[i]);
	}
}

static void join_if_aliased(const struct builder *builder, const struct pci_function *function,
			    const struct pci_function *other)
{
	if (!dma_alias_covers(function, pci_devfn(&other->address)))
		return;
	join(builder, function, other);
	blame(builder, function, function, "also does DMA as another function of its bus");
}

static void join_if_both_fail(const struct builder *builder, const struct pci_function *function,
			      const struct pci_function *other)
{
	const struct acs *acs = judge(builder, other);

	if (acs->verdict == ACS_UNKNOWN) {
		set_unknown(builder, function, other, acs->why);
		return;
	}
	if (acs->verdict != ACS_FAILS)
		return;
	join(builder, function, other);
	blame(builder, function, function,
	      arena_printf(builder->arena, "is one of several functions of its slot and %s",
			   why_it_fails(builder, judge(builder, function))));
}

/* Functions of one slot that do not isolate share a group. */
static void join_siblings(const struct builder *builder, const struct pci_function *function)
{
	const struct acs *acs = judge(builder, function);

	switch (pcie_multifunction_of(function)) {
	case MULTIFUNCTION_NO:
		return;
	case MULTIFUNCTION_UNKNOWN:
		set_unknown(builder, function, function, "has a header that was not read");
		return;
	case MULTIFUNCTION_YES:
		break;
	}
	if (acs->verdict == ACS_UNKNOWN)
		set_unknown(builder, function, function, acs->why);
	else if (acs->verdict == ACS_FAILS)
		visit_bus(builder, function, true, join_if_both_fail);
}

static void place(const struct builder *builder, const struct pci_function *function)
{
	if (isolation_is_iommu(builder->host, function))
		return;
	if (join_vmd(builder, function) || join_aliasing_bridge(builder, function) ||
	    join_path(builder, function))
		return;
	if (dma_alias_is_hidden(function))
		set_unknown(builder, function, function,
			    "has DMA aliases in registers that are not read");
	if (dma_alias_has_quirk(function))
		visit_bus(builder, function, false, join_if_aliased);
	join_siblings(builder, function);
}

static void add_culprits(struct isolation_group *group, const struct isolation_culprit *culprits,
			 struct arena *arena)
{
	for (; culprits; culprits = culprits->next) {
		struct isolation_culprit **end = &group->culprits;
		while (*end && (*end)->function != culprits->function)
			end = (struct isolation_culprit **)&(*end)->next;
		if (*end)
			continue;
		*end = arena_alloc(arena, sizeof(**end));
		if (!*end)
			return;
		**end = (struct isolation_culprit){culprits->function, culprits->why, NULL};
	}
}

static void add_member(const struct builder *builder, struct isolation_group *group, size_t index)
{
	const struct node *node = &builder->nodes[index];

	group->functions[group->count++] = &builder->host->pci.functions[index];
	if (node->unknown_why) {
		group->known = false;
		group->unknown_why = node->unknown_why;
	}
	add_culprits(group, node->culprits, builder->arena);
}

/* Makes groups of the sets, their members by address. */
static void collect(const struct builder *builder, struct isolation *ret)
{
	size_t count = builder->host->pci.count;
	size_t *sizes = arena_array(builder->arena, count + 1, sizeof(*sizes));
	struct isolation_group **groups = arena_array(builder->arena, count + 1, sizeof(*groups));

	if (!sizes || !groups)
		return;
	for (size_t i = 0; i < count; i++)
		sizes[find_leader(builder->nodes, i)]++;
	for (size_t i = 0; i < count; i++) {
		size_t leader = find_leader(builder->nodes, i);
		struct isolation_group *group = groups[leader];
		if (!group) {
			group = arena_alloc(builder->arena, sizeof(*group));
			if (!group)
				return;
			group->known = true;
			group->functions = arena_array(builder->arena, sizes[leader],
						       sizeof(struct pci_function *));
			if (!group->functions)
				return;
		}
		groups[i] = group;
		groups[leader] = group;
		add_member(builder, group, i);
	}
	ret->groups = (const struct isolation_group **)groups;
}

void isolation_build(const struct host *host, const struct kernel_parameters *parameters,
		     struct arena *arena, struct isolation *ret)
{
	const struct fact *evidence;
	struct builder builder = {
		.host = host,
		.arena = arena,
		.nodes = arena_array(arena, host->pci.count + 1, sizeof(struct node)),
		.context = {host, parameters, false, arena},
	};

	*ret = (struct isolation){.host = host};
	builder.context.translation = platform_translation(host, &evidence) == TRANSLATION_ON;
	if (!builder.nodes)
		return;
	for (size_t i = 0; i < host->pci.count; i++)
		builder.nodes[i].leader = i;
	for (size_t i = 0; i < host->pci.count; i++)
		place(&builder, &host->pci.functions[i]);
	collect(&builder, ret);
}

const struct isolation_group *isolation_of(const struct isolation *isolation,
					   const struct pci_function *function)
{
	if (!isolation->groups)
		return NULL;
	return isolation->groups[function - isolation->host->pci.functions];
}

bool isolation_is_iommu(const struct host *host, const struct pci_function *function)
{
	return pci_class(function) == CLASS_IOMMU && platform_of(host) == PLATFORM_AMD_VI;
}

struct bit_name {
	uint16_t bit;
	const char *name;
};

static const struct bit_name bit_names[] = {
	{ACS_SV, "SV"}, {ACS_TB, "TB"}, {ACS_RR, "RR"}, {ACS_CR, "CR"},
	{ACS_UF, "UF"}, {ACS_EC, "EC"}, {ACS_DT, "DT"},
};

const char *isolation_bit_names(struct arena *arena, uint16_t bits)
{
	const char *names = "";

	for (size_t i = 0; i < sizeof(bit_names) / sizeof(bit_names[0]); i++) {
		if (bits & bit_names[i].bit)
			names = arena_printf(arena, "%s%s%s", names, *names ? " " : "",
					     bit_names[i].name);
	}
	return names;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/isolation.h"

#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "model/isolation/builder.h"
#include "model/isolation/dma_alias.h"
#include "model/isolation/doubt.h"
#include "model/pcie.h"

enum { BUS_FUNCTIONS = 256 };

/* The functions of a bus that a search for a group has come by. */
struct search {
	bool seen[BUS_FUNCTIONS];
};

/* The alias that firmware's IVRS gives a function, where it is one of its own bus: setup_aliases(),
 * drivers/iommu/amd/iommu.c. */
static bool ivrs_alias_of(const struct builder *builder, const struct pci_function *function,
			  uint8_t *ret)
{
	uint16_t alias;

	if (!ivrs_devices_alias(&builder->units->ivrs_devices, function->address.domain,
				pci_requester_id(&function->address), &alias) ||
	    alias >> 8 != function->address.bus)
		return false;
	*ret = (uint8_t)alias;
	return true;
}

static bool has_aliases(const struct builder *builder, const struct pci_function *function)
{
	uint8_t alias;

	return dma_alias_has_quirk(function) || ivrs_alias_of(builder, function, &alias);
}

/* Whether the function also does DMA as the other, which is on the same bus. */
static bool does_dma_as(const struct builder *builder, const struct pci_function *function,
			const struct pci_function *other)
{
	uint8_t devfn = pci_devfn(&other->address), alias;

	return dma_alias_covers(function, devfn) ||
	       (ivrs_alias_of(builder, function, &alias) && alias == devfn);
}

/* Notes that function merges others into its group; the weightiest reason stands. */
static void blame(const struct builder *builder, const struct pci_function *function,
		  enum merge merge, const char *why)
{
	struct isolation_node *node = builder_node(builder, function);

	if (node->merge >= merge)
		return;
	node->merge = merge;
	node->why = why;
}

static const char *why_it_fails(const struct builder *builder, const struct acs *acs)
{
	if (!acs->missing)
		return acs->why;
	return arena_printf(builder->arena, "has ACS bits off: %s",
			    acs_bit_names(builder->arena, acs->missing));
}

static void blame_path(const struct builder *builder, const struct pci_function *function)
{
	for (const struct pci_function *above = function->parent; above; above = above->parent) {
		const struct acs *acs = builder_acs(builder, above);
		if (acs->verdict == ACS_FAILS && builder_node(builder, above)->merge < MERGE_BELOW)
			blame(builder, above, MERGE_BELOW, why_it_fails(builder, acs));
	}
}

/* Returns the first bridge above function that does its DMA for it, or NULL. */
static const struct pci_function *aliasing_bridge(const struct builder *builder,
						  const struct pci_function *function)
{
	for (const struct pci_function *bridge = function->parent; bridge;
	     bridge = bridge->parent) {
		if (dma_alias_is_dropped(builder->host, bridge))
			continue;
		switch (dma_alias_of_bridge(bridge)) {
		case BRIDGE_ALIAS_OWN:
		case BRIDGE_ALIAS_SECONDARY:
			return bridge;
		case BRIDGE_ALIAS_UNKNOWN: /* the path through it is unknown too */
		case BRIDGE_ALIAS_STOP:
			return NULL;
		case BRIDGE_ALIAS_NONE:
			break;
		}
	}
	return NULL;
}

static void place(const struct builder *builder, const struct pci_function *function);

static struct isolation_group *group_of(const struct builder *builder,
					const struct pci_function *function)
{
	struct isolation_node *node = builder_node(builder, function);

	if (!node->group && !node->placing)
		place(builder, function);
	return node->group;
}

/* The group of what stands for function upward, or NULL. */
static struct isolation_group *group_above(const struct builder *builder,
					   const struct pci_function *function)
{
	if (function->vmd) {
		blame(builder, function->vmd, MERGE_VMD, "is the VMD endpoint of what is below it");
		return group_of(builder, function->vmd);
	}
	const struct pci_function *bridge = aliasing_bridge(builder, function);
	if (bridge) {
		blame(builder, bridge, MERGE_BRIDGE,
		      bridge->pcie_type == PCIE_NONE
			      ? "is a conventional PCI bridge, which does the DMA of what is below"
			      : "bridges to conventional PCI, and does the DMA of what is below");
		blame_path(builder, bridge);
		return group_of(builder, bridge);
	}
	if (builder_path_above(builder, function) != PATH_FAILS)
		return NULL;
	blame_path(builder, function);
	return group_of(builder, function->parent);
}

static struct isolation_group *siblings_group(const struct builder *builder,
					      const struct pci_function *function,
					      struct search *search);

static bool are_aliases(const struct builder *builder, const struct pci_function *a,
			const struct pci_function *b)
{
	return does_dma_as(builder, a, b) || does_dma_as(builder, b, a);
}

static void blame_aliases(const struct builder *builder, const struct pci_function *a,
			  const struct pci_function *b)
{
	static const char why[] = "also does DMA as another function of its bus";

	blame(builder, does_dma_as(builder, a, b) ? a : b, MERGE_ALIAS, why);
}

/* Finds a group by DMA aliases, as get_pci_alias_group() does: the first found counts. */
static struct isolation_group *aliases_group(const struct builder *builder,
					     const struct pci_function *function,
					     struct search *search)
{
	const struct isolation_node *node = builder_node(builder, function);
	bool *seen = &search->seen[pci_devfn(&function->address)];

	if (*seen)
		return NULL;
	*seen = true;
	if (node->group)
		return node->group;
	for (size_t i = node->bus_first; node->bus_has_aliases && i < node->bus_end; i++) {
		const struct pci_function *other = &builder->host->pci.functions[i];
		if (other == function || !are_aliases(builder, function, other))
			continue;
		struct isolation_group *group = aliases_group(builder, other, search);
		if (!group)
			group = siblings_group(builder, other, search);
		if (!group)
			continue;
		blame_aliases(builder, function, other);
		return group;
	}
	return NULL;
}

static void blame_sibling(const struct builder *builder, const struct pci_function *function)
{
	if (builder_node(builder, function)->merge >= MERGE_SIBLINGS)
		return;
	const char *why = why_it_fails(builder, builder_acs(builder, function));

	blame(builder, function, MERGE_SIBLINGS,
	      arena_printf(builder->arena, "shares its slot with other functions and %s", why));
}

/* Finds a group by the functions of the slot that do not isolate, as
 * get_pci_function_alias_group() does. */
static struct isolation_group *siblings_group(const struct builder *builder,
					      const struct pci_function *function,
					      struct search *search)
{
	const struct pci_function *other;
	size_t index = builder_slot_begin(builder, function);

	if (pcie_multifunction_of(function) != MULTIFUNCTION_YES ||
	    builder_acs(builder, function)->verdict != ACS_FAILS)
		return NULL;
	while ((other = builder_next_sibling(builder, function, &index))) {
		if (builder_acs(builder, other)->verdict != ACS_FAILS)
			continue;
		struct isolation_group *group = aliases_group(builder, other, search);
		if (!group)
			continue;
		blame_sibling(builder, function);
		blame_sibling(builder, other);
		return group;
	}
	return NULL;
}

static struct isolation_group *new_group(const struct builder *builder)
{
	struct isolation_group *group = arena_alloc(builder->arena, sizeof(*group));

	if (group)
		group->known = true;
	return group;
}

/* Finds the group of a function, what is above it first, as pci_device_group() does. */
static void place(const struct builder *builder, const struct pci_function *function)
{
	struct isolation_node *node = builder_node(builder, function);
	struct search search = {0};

	if (platform_is_iommu(builder->platform, function))
		return;
	node->placing = true;
	struct isolation_group *group = group_above(builder, function);
	if (!group)
		group = aliases_group(builder, function, &search);
	if (!group)
		group = siblings_group(builder, function, &search);
	node->group = group ? group : new_group(builder);
}

enum isolation_rules isolation_rules_of(const struct cpu *cpu)
{
	if (cpu_is_architecture(cpu, "s390x"))
		return RULES_OF_FUNCTIONS;
	return cpu_is_architecture(cpu, "ppc64") ? RULES_OF_FIRMWARE : RULES_OF_PCI;
}

static void place_alone(const struct builder *builder)
{
	for (size_t i = 0; i < builder->host->pci.count; i++)
		builder->nodes[i].group = new_group(builder);
}

/* What firmware gives shows in the kernel's groups alone. */
static void place_as_kernel(const struct builder *builder)
{
	const struct iommu_groups *kernel = &builder->host->groups;
	struct isolation_group **groups =
		arena_array(builder->arena, kernel->count + 1, sizeof(struct isolation_group *));

	for (size_t i = 0; groups && i < builder->host->pci.count; i++) {
		const struct pci_function *function = &builder->host->pci.functions[i];
		const struct iommu_group *group =
			fact_known(&function->group.fact)
				? iommu_group_find(kernel, function->group.value)
				: NULL;
		struct isolation_group **place = group ? &groups[group - kernel->groups] : NULL;
		if (!place || !*place)
			builder->nodes[i].group = new_group(builder);
		else
			builder->nodes[i].group = *place;
		if (place)
			*place = builder->nodes[i].group;
		else
			doubt_group(builder, function,
				    "has no group yet, and its platform's firmware forms them");
	}
}

/* Finds where the buses begin and end, and which have functions with aliases. */
static void find_buses(const struct builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	size_t end;

	for (size_t first = 0; first < pci->count; first = end) {
		bool aliases = false;
		for (end = first; end < pci->count &&
				  pcie_same_bus(&pci->functions[first], &pci->functions[end]);
		     end++)
			aliases |= has_aliases(builder, &pci->functions[end]);
		for (size_t i = first; i < end; i++) {
			builder->nodes[i].bus_first = first;
			builder->nodes[i].bus_end = end;
			builder->nodes[i].bus_has_aliases = aliases;
		}
	}
}

static void add_culprit(const struct builder *builder, const struct pci_function *function)
{
	const struct isolation_node *node = builder_node(builder, function);
	struct isolation_culprit *culprit = arena_alloc(builder->arena, sizeof(*culprit));

	if (!culprit)
		return;
	*culprit = (struct isolation_culprit){
		.function = function,
		.merge = node->merge,
		.acs = node->acs,
		.why = node->why,
		.next = node->group->culprits,
	};
	node->group->culprits = culprit;
}

static bool add_member(const struct builder *builder, struct isolation_group *group, size_t index)
{
	const struct pci_function *function = &builder->host->pci.functions[index];

	/* Until its first member comes, count is how many there will be. */
	if (!group->functions) {
		group->functions =
			arena_array(builder->arena, group->count, sizeof(*group->functions));
		group->count = 0;
	}
	if (!group->functions)
		return false;
	group->functions[group->count++] = function;
	group->endpoints += pci_header_type(function) <= PCI_HEADER_TYPE_NORMAL;
	return true;
}

/* Fills in the members of groups and what merges them, both by address. */
static void collect(const struct builder *builder)
{
	const struct pci *pci = &builder->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		if (builder->nodes[i].group)
			builder->nodes[i].group->count++;
	}
	for (size_t i = 0; i < pci->count; i++) {
		struct isolation_group *group = builder->nodes[i].group;
		if (group && !add_member(builder, group, i))
			return;
	}
	for (size_t i = pci->count; i-- > 0;) {
		if (builder->nodes[i].group && builder->nodes[i].merge != MERGE_NONE)
			add_culprit(builder, &pci->functions[i]);
	}
}

/* VFs come when an administrator enables them: after everything else. */
static void place_all(const struct builder *builder, bool vfs)
{
	const struct pci *pci = &builder->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		if (pci_is_vf(&pci->functions[i]) == vfs)
			group_of(builder, &pci->functions[i]);
	}
}

static void place_by(const struct builder *builder, enum isolation_rules rules)
{
	switch (rules) {
	case RULES_OF_PCI:
		place_all(builder, false);
		place_all(builder, true);
		break;
	case RULES_OF_FUNCTIONS:
		place_alone(builder);
		break;
	case RULES_OF_FIRMWARE:
		place_as_kernel(builder);
		break;
	}
}

static void build(const struct acs_context *context, const struct host_platform *platform,
		  const struct dma_units *units, struct arena *arena, struct isolation *ret)
{
	const struct host *host = context->host;
	struct builder builder = {
		.host = host,
		.platform = platform,
		.units = units,
		.arena = arena,
		.nodes = arena_array(arena, host->pci.count + 1, sizeof(struct isolation_node)),
		.context = *context,
	};

	*ret = (struct isolation){.host = host, .nodes = builder.nodes};
	if (!builder.nodes)
		return;
	find_buses(&builder);
	place_by(&builder, isolation_rules_of(&host->cpu));
	for (size_t i = 0; i < host->pci.count; i++)
		builder_acs(&builder, &host->pci.functions[i]);
	if (isolation_rules_of(&host->cpu) == RULES_OF_PCI)
		doubt_groups(&builder);
	collect(&builder);
}

void isolation_build(const struct host *host, const struct host_platform *platform,
		     const struct kernel_parameters *parameters, const struct dma_units *units,
		     struct arena *arena, struct isolation *ret)
{
	const struct acs_context context = {host, parameters, platform->translation, NULL};

	build(&context, platform, units, arena, ret);
}

void isolation_build_at_boot(const struct host *host, const struct host_platform *platform,
			     const struct kernel_parameters *parameters,
			     const struct dma_units *units, struct arena *arena,
			     struct isolation *ret)
{
	const struct acs_context context = {host, parameters, TRANSLATION_OFF, NULL};

	build(&context, platform, units, arena, ret);
}

void isolation_build_overridden(const struct host *host, const struct host_platform *platform,
				const struct kernel_parameters *parameters,
				const struct dma_units *units, struct arena *arena,
				struct isolation *ret)
{
	const struct acs_context context = {host, parameters, platform->translation,
					    parameters->acs_override_list};

	build(&context, platform, units, arena, ret);
}

const struct isolation_group *isolation_of(const struct isolation *isolation,
					   const struct pci_function *function)
{
	if (!isolation->nodes)
		return NULL;
	return isolation->nodes[function - isolation->host->pci.functions].group;
}

const struct pci_function *isolation_first_endpoint(const struct isolation_group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		if (!pcie_is_bridge(group->functions[i]))
			return group->functions[i];
	}
	return NULL;
}

bool isolation_holds_several_devices(const struct isolation_group *group)
{
	const struct pci_function *first = isolation_first_endpoint(group);

	for (size_t i = 0; first && i < group->count; i++) {
		if (!pcie_is_bridge(group->functions[i]) &&
		    !pcie_same_device(first, group->functions[i]))
			return true;
	}
	return false;
}

const struct acs *isolation_acs(const struct isolation *isolation,
				const struct pci_function *function)
{
	if (!isolation->nodes)
		return NULL;
	return &isolation->nodes[function - isolation->host->pci.functions].acs;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/doubt.h"

#include <pci/header.h>

#include "model/isolation/dma_alias.h"
#include "model/pcie.h"

static const char unplaced[] = "has a place in the hierarchy that is not known";

/* Notes that who is in a group cannot be told. */
static void doubt(const struct builder *builder, struct isolation_group *group,
		  const struct pci_function *culprit, const char *why)
{
	if (!group || !group->known)
		return;
	group->known = false;
	group->unknown_why = arena_printf(builder->arena, "%s %s", culprit->name, why);
	group->unknown_of = culprit;
}

static const char *doubtful_step(const struct builder *builder, const struct pci_function *function,
				 const struct pci_function **ret)
{
	for (*ret = function; (*ret)->parent; *ret = (*ret)->parent) {
		const struct acs *acs = builder_acs(builder, (*ret)->parent);
		if (acs->verdict != ACS_UNKNOWN)
			continue;
		*ret = (*ret)->parent;
		return acs->why;
	}
	return unplaced;
}

/* Where the path is unknown, the function may be in the group of its bridge. */
static void doubt_path(const struct builder *builder, const struct pci_function *function)
{
	const struct pci_function *culprit;
	const char *why = doubtful_step(builder, function, &culprit);

	doubt(builder, builder_node(builder, function)->group, culprit, why);
	if (function->parent)
		doubt(builder, builder_node(builder, function->parent)->group, culprit, why);
}

/*
 * Function 0 without the bit that says it is one of several, with others in its slot all the same:
 * whether the kernel takes it for one of several is not known (quirks set and clear that:
 * quirk_jmicron_ata() of drivers/pci/quirks.c).
 */
static bool lacks_multifunction_bit(const struct builder *builder,
				    const struct pci_function *function)
{
	const struct pci_function *other;
	size_t index = builder_slot_begin(builder, function);

	if (pcie_multifunction_of(function) != MULTIFUNCTION_NO || pci_is_vf(function) ||
	    function->address.function != 0)
		return false;
	while ((other = builder_next_sibling(builder, function, &index))) {
		if (fact_absent(&other->physfn.fact))
			return true;
	}
	return false;
}

/* Where it is unknown whether a function isolates, it may be with any of its slot that does not. */
static void doubt_siblings(const struct builder *builder, const struct pci_function *function)
{
	const struct acs *acs = builder_acs(builder, function);
	const struct pci_function *other;
	size_t index = builder_slot_begin(builder, function);
	const char *why = acs->why;

	if (lacks_multifunction_bit(builder, function))
		why = "lacks the multi-function bit, and shares its slot with other functions";
	else if (acs->verdict != ACS_UNKNOWN)
		return;
	while ((other = builder_next_sibling(builder, function, &index))) {
		if (builder_acs(builder, other)->verdict == ACS_ISOLATES)
			continue;
		doubt(builder, builder_node(builder, function)->group, function, why);
		doubt(builder, builder_node(builder, other)->group, function, why);
	}
}

/* Whether firmware may give aliases that were not read: AMD-Vi's table is there, and is closed. */
static bool is_ivrs_hidden(const struct builder *builder)
{
	return builder->host->acpi.ivrs.fact.state == FACT_UNREADABLE &&
	       builder->platform->kind == PLATFORM_AMD_VI;
}

static void doubt_aliases(const struct builder *builder, const struct pci_function *function)
{
	const struct isolation_node *node = builder_node(builder, function);

	if (!dma_alias_is_hidden(function) && !is_ivrs_hidden(builder))
		return;
	for (size_t i = node->bus_first; node->bus_end - node->bus_first > 1 && i < node->bus_end;
	     i++)
		doubt(builder, builder->nodes[i].group, function,
		      "has DMA aliases that are not known");
}

static bool is_misplaced(const struct pci_function *function)
{
	return !function->parent && function->parent_state != FACT_ABSENT && !function->vmd;
}

static bool may_forward(const struct pci_function *bridge, uint8_t bus)
{
	uint8_t secondary, subordinate;

	if (!config_read8(&bridge->config, PCI_SECONDARY_BUS, &secondary) ||
	    !config_read8(&bridge->config, PCI_SUBORDINATE_BUS, &subordinate))
		return true;
	return secondary <= bus && bus <= subordinate;
}

static size_t domain_begin(const struct pci *pci, const struct pci_function *function)
{
	size_t index = (size_t)(function - pci->functions);

	while (index > 0 && pci->functions[index - 1].address.domain == function->address.domain)
		index--;
	return index;
}

/* A function whose bridge is not known may be in the group of each bridge that forwards its bus,
 * or of the VMD endpoint whose domain it is in. */
static void doubt_above(const struct builder *builder, const struct pci_function *function)
{
	const struct pci *pci = &builder->host->pci;

	for (size_t i = domain_begin(pci, function); i < pci->count; i++) {
		const struct pci_function *other = &pci->functions[i];
		if (other->address.domain != function->address.domain)
			return;
		if (other->vmd)
			doubt(builder, builder_node(builder, other->vmd)->group, function,
			      unplaced);
		if (pci_header_type(other) == PCI_HEADER_TYPE_BRIDGE &&
		    may_forward(other, function->address.bus) &&
		    builder_may_merge_below(builder, other))
			doubt(builder, builder->nodes[i].group, function, unplaced);
	}
}

/* ... and in the group of any other of its bus, by that bridge or by its slot. */
static void doubt_bus(const struct builder *builder, const struct pci_function *function)
{
	const struct isolation_node *node = builder_node(builder, function);

	for (size_t i = node->bus_first; i < node->bus_end; i++)
		doubt(builder, builder->nodes[i].group, function, unplaced);
}

/* Of each bus the first function whose place is unknown speaks for the others. */
static void doubt_places(const struct builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	const struct pci_function *last = NULL;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (!is_misplaced(function) || (last && pcie_same_bus(last, function)))
			continue;
		doubt_bus(builder, function);
		doubt_above(builder, function);
		last = function;
	}
}

static void doubt_function(const struct builder *builder, const struct pci_function *function)
{
	if (platform_is_iommu(builder->platform, function) || function->vmd)
		return;
	switch (builder_path_above(builder, function)) {
	case PATH_FAILS:
		return;
	case PATH_UNKNOWN:
		doubt_path(builder, function);
		break;
	case PATH_UNSEEN:
	case PATH_ISOLATES:
		break;
	}
	doubt_aliases(builder, function);
	doubt_siblings(builder, function);
}

void doubt_group(const struct builder *builder, const struct pci_function *function,
		 const char *why)
{
	doubt(builder, builder_node(builder, function)->group, function, why);
}

void doubt_groups(const struct builder *builder)
{
	const struct pci *pci = &builder->host->pci;

	for (size_t i = 0; i < pci->count; i++)
		doubt_function(builder, &pci->functions[i]);
	doubt_places(builder);
}

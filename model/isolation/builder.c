/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/builder.h"

#include "model/isolation/dma_alias.h"

struct isolation_node *builder_node(const struct builder *builder,
				    const struct pci_function *function)
{
	return &builder->nodes[function - builder->host->pci.functions];
}

const struct acs *builder_acs(const struct builder *builder, const struct pci_function *function)
{
	struct isolation_node *node = builder_node(builder, function);

	if (!node->judged)
		node->acs = acs_judge(&builder->context, function);
	node->judged = true;
	return &node->acs;
}

/* The path above a function that no bridge is above. A root bus of a VMD endpoint has that above.
 */
static enum path path_of_root(const struct pci_function *function)
{
	bool vmd_unknown = function->address.domain >= PCI_FIRST_VMD_DOMAIN && !function->vmd;

	return function->parent_state == FACT_ABSENT && !vmd_unknown ? PATH_ISOLATES : PATH_UNKNOWN;
}

/* Follows the bridges upward from function to one whose path is known, or to the root bus. */
static enum path path_of(const struct builder *builder, const struct pci_function *function)
{
	struct isolation_node *node = builder_node(builder, function);

	if (node->path != PATH_UNSEEN)
		return node->path;
	const struct acs *acs = builder_acs(builder, function);
	enum path above = PATH_ISOLATES;

	if (function->parent)
		above = path_of(builder, function->parent);
	else
		above = path_of_root(function);
	/* One that fails is enough, whatever is not known of others. */
	if (acs->verdict == ACS_FAILS || above == PATH_FAILS)
		node->path = PATH_FAILS;
	else if (acs->verdict == ACS_UNKNOWN || above == PATH_UNKNOWN)
		node->path = PATH_UNKNOWN;
	else
		node->path = PATH_ISOLATES;
	return node->path;
}

enum path builder_path_above(const struct builder *builder, const struct pci_function *function)
{
	if (function->parent)
		return path_of(builder, function->parent);
	return path_of_root(function);
}

bool builder_may_merge_below(const struct builder *builder, const struct pci_function *bridge)
{
	switch (dma_alias_of_bridge(bridge)) {
	case BRIDGE_ALIAS_UNKNOWN:
	case BRIDGE_ALIAS_OWN:
	case BRIDGE_ALIAS_SECONDARY:
		return true;
	case BRIDGE_ALIAS_NONE:
	case BRIDGE_ALIAS_STOP:
		break;
	}
	return path_of(builder, bridge) != PATH_ISOLATES;
}

const struct pci_function *builder_next_sibling(const struct builder *builder,
						const struct pci_function *function, size_t *index)
{
	const struct pci *pci = &builder->host->pci;
	size_t end = builder_node(builder, function)->bus_end;

	for (; *index < end; (*index)++) {
		const struct pci_function *other = &pci->functions[*index];
		if (other->address.device > function->address.device)
			return NULL;
		if (other == function)
			continue;
		(*index)++;
		return other;
	}
	return NULL;
}

size_t builder_slot_begin(const struct builder *builder, const struct pci_function *function)
{
	const struct pci_function *functions = builder->host->pci.functions;
	size_t index = (size_t)(function - functions);

	while (index > builder_node(builder, function)->bus_first &&
	       functions[index - 1].address.device == function->address.device)
		index--;
	return index;
}

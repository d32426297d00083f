/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_bus.h"

#include <pci/header.h>

#include "model/pcie.h"

enum { LAST_BUS = 0xff };

/* Offset and stride as the kernel keeps them, and computes the last VF's bus with. */
struct routing {
	uint32_t offset;
	uint32_t stride;
};

static uint32_t kept(const struct fact_number *attribute, uint16_t reg)
{
	return fact_known(&attribute->fact) && attribute->value >= 0 &&
			       attribute->value <= UINT16_MAX
		       ? (uint32_t)attribute->value
		       : reg;
}

static struct routing routing_of(const struct vf_budget *budget)
{
	return (struct routing){
		.offset = kept(&budget->function->sriov.offset, budget->capability.first_vf_offset),
		.stride = kept(&budget->function->sriov.stride, budget->capability.vf_stride),
	};
}

/* Returns how many VFs have requester ids up to the end of bus last: pci_iov_virtfn_bus(). */
static uint32_t count_up_to(const struct pci_function *function, const struct routing *routing,
			    uint8_t last)
{
	uint32_t end = (uint32_t)last << 8 | 0xff;
	uint32_t first = pci_requester_id(&function->address) + routing->offset;

	if (first > end)
		return 0;
	return routing->stride ? (end - first) / routing->stride + 1 : VF_UNLIMITED;
}

/* The last bus number below a bridge, which is what the kernel set it to. */
static bool read_last_bus(const struct pci_function *bridge, uint8_t *ret)
{
	return pci_header_type(bridge) == PCI_HEADER_TYPE_BRIDGE &&
	       config_read8(&bridge->config, PCI_SUBORDINATE_BUS, ret);
}

/* Returns whether the function's ids are those of a hierarchy without ARI though it could be one
 * with: VFs then begin on the next bus with most devices. */
static bool lacks_ari(const struct pci_function *function)
{
	return ari_decode(&function->config).capability.state == FACT_KNOWN &&
	       pcie_lacks_ari_forwarding(function);
}

/* The kernel has a port forward ARI where function 0 below it has ARI, whatever its siblings have:
 * pci_configure_ari(). */
static bool is_held_up_by_sibling(const struct host *host, const struct pci_function *function)
{
	struct pci_address address = function->address;

	address.device = address.function = 0;
	const struct pci_function *first = pci_find(&host->pci, &address);
	return first && first != function &&
	       ari_decode(&first->config).capability.state == FACT_ABSENT;
}

static struct vf_term below_bridge(const struct vf_builder *builder, const struct routing *routing,
				   const struct pci_function *bridge, uint8_t last)
{
	const struct pci_function *function = builder->budget->function;
	uint32_t count = count_up_to(function, routing, last);
	bool without_ari = lacks_ari(function);
	bool held_up = without_ari && is_held_up_by_sibling(builder->host, function);
	struct vf_term term = vf_exactly(
		count, without_ari ? VF_REASON_ARI_OFF : VF_REASON_BUS_RANGE,
		arena_printf(
			builder->arena, "the buses below %s end at 0x%02x%s", bridge->name, last,
			held_up ? ", and ARI stays off because function 0 of its bus does not have it"
				: ""),
		&bridge->config.fact);

	term.bridge = bridge;
	return term;
}

/* Returns the highest bus number that a root bus with function on it is seen to have. */
static uint8_t seen_last_bus(const struct host *host, const struct pci_function *function)
{
	uint8_t most = function->address.bus, last;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *other = &host->pci.functions[i];
		if (other->parent_state == FACT_ABSENT &&
		    other->address.domain == function->address.domain &&
		    other->address.bus == function->address.bus && read_last_bus(other, &last) &&
		    last > most)
			most = last;
	}
	return most;
}

/* No attribute says where the buses of a root bus end. */
static struct vf_term on_root_bus(const struct vf_builder *builder, const struct routing *routing)
{
	const struct pci_function *function = builder->budget->function;
	struct vf_term term = vf_unknown("where the buses of its root bus end is not known", NULL);

	term.at_least = count_up_to(function, routing, seen_last_bus(builder->host, function));
	term.at_most = count_up_to(function, routing, LAST_BUS);
	if (term.at_least >= builder->budget->capability.total_vfs)
		return vf_exactly(term.at_least, VF_REASON_NONE, "all fit on buses that are there",
				  &function->config.fact);
	return term;
}

static struct vf_term unread_bridge(const struct vf_builder *builder, const struct routing *routing,
				    const struct pci_function *bridge)
{
	const struct pci_function *function = builder->budget->function;
	struct vf_term term =
		vf_unknown(arena_printf(builder->arena,
					"bus numbers could not be read of the bridge above%s%s",
					bridge ? ", " : "", bridge ? bridge->name : ""),
			   bridge ? &bridge->config.fact : NULL);

	term.at_least = count_up_to(function, routing, function->address.bus);
	term.at_most = count_up_to(function, routing, LAST_BUS);
	return term;
}

/*
 * sriov_enable() compares the last VF's bus with the end of the PF's bus, which is the subordinate
 * number of the bridge above. Bridges further up have to reach as far, or do not route.
 */
struct vf_term vf_bus_numbers(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	const struct routing routing = routing_of(builder->budget);
	const struct pci_function *narrowest = NULL;
	uint8_t end = LAST_BUS, last;

	if (fact_absent(&function->sriov.totalvfs.fact))
		return vf_unlimited();
	if (routing.offset == 0 ||
	    (routing.stride == 0 && builder->budget->capability.total_vfs > 1))
		return vf_unknown("offset and stride of its VFs show only once VFs are enabled",
				  &function->config.fact);
	if (!function->parent)
		return function->parent_state == FACT_ABSENT
			       ? on_root_bus(builder, &routing)
			       : unread_bridge(builder, &routing, NULL);
	for (const struct pci_function *bridge = function->parent; bridge;
	     bridge = bridge->parent) {
		if (!read_last_bus(bridge, &last) || last < function->address.bus)
			return unread_bridge(builder, &routing, bridge);
		if (!narrowest || last < end) {
			narrowest = bridge;
			end = last;
		}
	}
	return below_bridge(builder, &routing, narrowest, end);
}

uint16_t vf_budget_first_id(const struct vf_budget *budget)
{
	const struct routing routing = routing_of(budget);

	if (!routing.offset)
		return 0;
	return (uint16_t)(pci_requester_id(&budget->function->address) + routing.offset);
}

bool vf_budget_index(const struct vf_budget *budget, const struct pci_function *function,
		     uint32_t *ret)
{
	const struct routing routing = routing_of(budget);
	uint32_t first = pci_requester_id(&budget->function->address) + routing.offset;
	uint32_t id = pci_requester_id(&function->address);

	if (!routing.offset || function->address.domain != budget->function->address.domain ||
	    id < first)
		return false;
	if (!routing.stride || id == first) {
		*ret = 0;
		return id == first;
	}
	*ret = (id - first) / routing.stride;
	return (id - first) % routing.stride == 0;
}

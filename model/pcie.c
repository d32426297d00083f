/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pcie.h"

#include <pci/header.h>

#include "host/access/array.h"

enum { MULTIFUNCTION_BIT = 0x80 };

/* PCI_EXP_TYPE_* of linux/pci_regs.h. */
static const enum pcie_type types[] = {
	[0x0] = PCIE_ENDPOINT,      [0x1] = PCIE_LEGACY_ENDPOINT,     [0x4] = PCIE_ROOT_PORT,
	[0x5] = PCIE_UPSTREAM_PORT, [0x6] = PCIE_DOWNSTREAM_PORT,     [0x7] = PCIE_TO_PCI_BRIDGE,
	[0x8] = PCI_TO_PCIE_BRIDGE, [0x9] = PCIE_INTEGRATED_ENDPOINT, [0xa] = PCIE_EVENT_COLLECTOR,
};

static enum pcie_type claimed_type(const struct pci_function *function)
{
	struct express_capability express = express_decode(&function->config);

	if (express.capability.state == FACT_ABSENT)
		return PCIE_NONE;
	if (express.capability.state != FACT_KNOWN)
		return PCIE_UNKNOWN;
	if (express.port_type >= ARRAY_LENGTH(types) || types[express.port_type] == PCIE_UNKNOWN)
		return PCIE_RESERVED;
	return types[express.port_type];
}

/* Whether a link leads down from a port of that type: pcie_downstream_port(). */
static bool faces_down(enum pcie_type type)
{
	return type == PCIE_ROOT_PORT || type == PCIE_DOWNSTREAM_PORT || type == PCI_TO_PCIE_BRIDGE;
}

enum pcie_type pcie_type_of(const struct pci_function *function)
{
	enum pcie_type type = claimed_type(function);

	if (!function->parent)
		return type;
	if (type == PCIE_DOWNSTREAM_PORT && faces_down(pcie_type_of(function->parent)))
		return PCIE_UPSTREAM_PORT;
	if (type == PCIE_UPSTREAM_PORT && pcie_type_of(function->parent) == PCIE_UPSTREAM_PORT)
		return PCIE_DOWNSTREAM_PORT;
	return type;
}

const char *pcie_type_name(enum pcie_type type)
{
	static const char *const names[] = {
		[PCIE_UNKNOWN] = NULL,
		[PCIE_NONE] = NULL,
		[PCIE_ENDPOINT] = "endpoint",
		[PCIE_LEGACY_ENDPOINT] = "legacy-endpoint",
		[PCIE_ROOT_PORT] = "root-port",
		[PCIE_UPSTREAM_PORT] = "upstream-port",
		[PCIE_DOWNSTREAM_PORT] = "downstream-port",
		[PCIE_TO_PCI_BRIDGE] = "pcie-to-pci-bridge",
		[PCI_TO_PCIE_BRIDGE] = "pci-to-pcie-bridge",
		[PCIE_INTEGRATED_ENDPOINT] = "integrated-endpoint",
		[PCIE_EVENT_COLLECTOR] = "event-collector",
		[PCIE_RESERVED] = NULL,
	};
	ASSERT_COVERS(names, PCIE_TYPE_COUNT);

	return names[type];
}

/* Below a port that leads down there is one device: a higher device number is an ARI function's. */
static bool is_numbered_above_zero(const struct pci_function *function)
{
	if (function->address.function > 0)
		return true;
	return function->address.device > 0 && function->parent &&
	       faces_down(pcie_type_of(function->parent)) &&
	       fact_known(&function->ari_enabled.fact) && function->ari_enabled.value;
}

enum pcie_multifunction pcie_multifunction_of(const struct pci_function *function)
{
	uint8_t header_type;

	if (pci_is_vf(function))
		return MULTIFUNCTION_NO;
	if (!fact_settled(&function->physfn.fact))
		return MULTIFUNCTION_UNKNOWN;
	if (is_numbered_above_zero(function))
		return MULTIFUNCTION_YES;
	if (!config_read8(&function->config, PCI_HEADER_TYPE, &header_type) || header_type == 0xff)
		return MULTIFUNCTION_UNKNOWN;
	return header_type & MULTIFUNCTION_BIT ? MULTIFUNCTION_YES : MULTIFUNCTION_NO;
}

bool pcie_is_bridge(const struct pci_function *function)
{
	int header_type = pci_header_type(function);

	switch (pci_class(function)) {
	case PCI_CLASS_BRIDGE_HOST:
	case PCI_CLASS_BRIDGE_ISA:
	case PCI_CLASS_BRIDGE_EISA:
	case PCI_CLASS_BRIDGE_MC:
		return true;
	case PCI_CLASS_BRIDGE_PCI:
	case PCI_CLASS_BRIDGE_CARDBUS:
		return header_type != PCI_HEADER_TYPE_NORMAL;
	default:
		return header_type > PCI_HEADER_TYPE_NORMAL;
	}
}

bool pcie_lacks_ari_forwarding(const struct pci_function *function)
{
	if (!function->parent)
		return false;
	struct express_capability port = express_decode(&function->parent->config);

	return port.capability.state == FACT_KNOWN && !port.ari_forwarding_enabled;
}

bool pcie_read_slot(const struct pci_function *port, uint32_t *ret)
{
	struct express_capability express = express_decode(&port->config);
	enum pcie_type type = pcie_type_of(port);

	*ret = 0;
	if (express.capability.state == FACT_ABSENT)
		return true;
	if (express.capability.state != FACT_KNOWN)
		return false;
	if (type == PCIE_ROOT_PORT || type == PCIE_DOWNSTREAM_PORT)
		*ret = express.slot_capabilities;
	return true;
}

bool pcie_below_hotplug(const struct pci_function *function)
{
	uint32_t slot;

	for (const struct pci_function *port = function->parent; port; port = port->parent) {
		if (pcie_read_slot(port, &slot) && slot & PCIE_SLOT_HOTPLUG)
			return true;
	}
	return false;
}

bool pcie_same_bus(const struct pci_function *a, const struct pci_function *b)
{
	return a->address.domain == b->address.domain && a->address.bus == b->address.bus;
}

bool pcie_same_device(const struct pci_function *a, const struct pci_function *b)
{
	return a == b || (pcie_same_bus(a, b) && a->address.device == b->address.device &&
			  !pci_is_vf(a) && !pci_is_vf(b));
}

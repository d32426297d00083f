/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pcie.h"

#include <pci/header.h>

#include "host/base/array.h"
#include "host/pci/capabilities.h"

enum { MULTIFUNCTION_BIT = 0x80 };

/* Below a port that leads down there is one device: a higher device number is an ARI function's. */
static bool is_numbered_above_zero(const struct pci_function *function)
{
	if (function->address.function > 0)
		return true;
	return function->address.device > 0 && function->parent &&
	       pcie_faces_down(function->parent->pcie_type) &&
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

enum pcie_ari pcie_ari_of(const struct pci_function *port)
{
	struct express_capability express = express_decode(&port->config);

	if (express.capability.state != FACT_KNOWN)
		return PCIE_ARI_UNKNOWN;
	if (express.ari_forwarding_enabled)
		return PCIE_ARI_ON;
	return express.ari_forwarding_supported ? PCIE_ARI_OFF : PCIE_ARI_NONE;
}

const char *pcie_ari_words(const struct pci_function *port)
{
	static const char *const words[] = {
		[PCIE_ARI_UNKNOWN] = NULL,
		[PCIE_ARI_NONE] = "has no ARI forwarding",
		[PCIE_ARI_OFF] = "has ARI forwarding, which is off",
		[PCIE_ARI_ON] = "has ARI forwarding, enabled",
	};

	ASSERT_COVERS(words, PCIE_ARI_COUNT);
	return words[pcie_ari_of(port)];
}

bool pcie_lacks_ari_forwarding(const struct pci_function *function)
{
	enum pcie_ari ari = function->parent ? pcie_ari_of(function->parent) : PCIE_ARI_UNKNOWN;

	return ari == PCIE_ARI_NONE || ari == PCIE_ARI_OFF;
}

bool pcie_read_slot(const struct pci_function *port, uint32_t *ret)
{
	struct express_capability express = express_decode(&port->config);

	*ret = 0;
	if (express.capability.state == FACT_ABSENT)
		return true;
	if (express.capability.state != FACT_KNOWN)
		return false;
	if (port->pcie_type == PCIE_ROOT_PORT || port->pcie_type == PCIE_DOWNSTREAM_PORT)
		*ret = express.slot_capabilities;
	return true;
}

const struct pci_function *pcie_hotplug_port(const struct pci_function *function)
{
	uint32_t slot;

	for (const struct pci_function *port = function->parent; port; port = port->parent) {
		if (pcie_read_slot(port, &slot) && slot & PCIE_SLOT_HOTPLUG)
			return port;
	}
	return NULL;
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

const struct pci_function *pcie_first_of_device(const struct pci *pci,
						const struct pci_function *function)
{
	while (function > pci->functions && pcie_same_device(function - 1, function))
		function--;
	return function;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/pcie_type.h"

#include "host/base/array.h"
#include "host/pci/capabilities.h"

/* PCI_EXP_TYPE_* of linux/pci_regs.h. */
static const enum pcie_type types[] = {
	[0x0] = PCIE_ENDPOINT,      [0x1] = PCIE_LEGACY_ENDPOINT,     [0x4] = PCIE_ROOT_PORT,
	[0x5] = PCIE_UPSTREAM_PORT, [0x6] = PCIE_DOWNSTREAM_PORT,     [0x7] = PCIE_TO_PCI_BRIDGE,
	[0x8] = PCI_TO_PCIE_BRIDGE, [0x9] = PCIE_INTEGRATED_ENDPOINT, [0xa] = PCIE_EVENT_COLLECTOR,
};

static enum pcie_type claimed_type(const struct config_space *config)
{
	struct express_capability express = express_decode(config);

	if (express.capability.state == FACT_ABSENT)
		return PCIE_NONE;
	if (express.capability.state != FACT_KNOWN)
		return PCIE_UNKNOWN;
	if (express.port_type >= ARRAY_LENGTH(types) || types[express.port_type] == PCIE_UNKNOWN)
		return PCIE_RESERVED;
	return types[express.port_type];
}

bool pcie_faces_down(enum pcie_type type)
{
	return type == PCIE_ROOT_PORT || type == PCIE_DOWNSTREAM_PORT || type == PCI_TO_PCIE_BRIDGE;
}

enum pcie_type pcie_type_below(enum pcie_type above, const struct config_space *config)
{
	enum pcie_type type = claimed_type(config);

	if (type == PCIE_DOWNSTREAM_PORT && pcie_faces_down(above))
		return PCIE_UPSTREAM_PORT;
	if (type == PCIE_UPSTREAM_PORT && above == PCIE_UPSTREAM_PORT)
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

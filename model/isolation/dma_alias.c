/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/dma_alias.h"

#include <pci/header.h>

#include "host/base/array.h"

enum alias {
	FUNCTION_0, /* of its slot */
	FUNCTION_1, /* of its slot; it need not exist */
	FIXED_01_0, /* 01.0 */
	MIC_X200,   /* 10.0, 11.0 and 12.3 */
	FUNCTIONS_0_TO_4_OF_ALL_SLOTS,
	ALL,
};

struct alias_row {
	uint16_t vendor;
	uint16_t device;
	enum alias alias;
};

/* The DMA alias fixups of drivers/pci/quirks.c, 6.1 to 7.3. */
static const struct alias_row alias_rows[] = {
	{0x1180, 0xe832, FUNCTION_0},
	{0x1180, 0xe476, FUNCTION_0},
	{0x6766, 0x3d40, FUNCTION_0},
	{0x6766, 0x3d41, FUNCTION_0},
	{0x1b4b, 0x9120, FUNCTION_1},
	{0x1b4b, 0x9123, FUNCTION_1},
	{0x1b4b, 0x9125, FUNCTION_1},
	{0x1b4b, 0x9128, FUNCTION_1},
	{0x1b4b, 0x9130, FUNCTION_1},
	{0x1b4b, 0x9170, FUNCTION_1},
	{0x1b4b, 0x9172, FUNCTION_1},
	{0x1b4b, 0x917a, FUNCTION_1},
	{0x1b4b, 0x9182, FUNCTION_1},
	{0x1b4b, 0x9183, FUNCTION_1},
	{0x1b4b, 0x91a0, FUNCTION_1},
	{0x1b4b, 0x9215, FUNCTION_1},
	{0x1b4b, 0x9220, FUNCTION_1},
	{0x1b4b, 0x9230, FUNCTION_1},
	{0x1b4b, 0x9235, FUNCTION_1},
	{0x1103, 0x0642, FUNCTION_1},
	{0x1103, 0x0645, FUNCTION_1},
	{0x197b, 0x2392, FUNCTION_1},
	{0x1c28, 0x0122, FUNCTION_1},
	{0x9005, 0x0285, FIXED_01_0},
	{0x8086, 0x2260, MIC_X200},
	{0x8086, 0x2264, MIC_X200},
	{0x8086, 0x2954, FUNCTIONS_0_TO_4_OF_ALL_SLOTS},
	{0x8086, 0x2955, FUNCTIONS_0_TO_4_OF_ALL_SLOTS},
	{0x8086, 0x2956, FUNCTIONS_0_TO_4_OF_ALL_SLOTS},
	{0x8086, 0x2958, FUNCTIONS_0_TO_4_OF_ALL_SLOTS},
	{0x8086, 0x2959, FUNCTIONS_0_TO_4_OF_ALL_SLOTS},
	{0x8086, 0x295a, FUNCTIONS_0_TO_4_OF_ALL_SLOTS},
	{0x10b5, 0x87b0, ALL},
	{0x10b5, 0x87b1, ALL},
};

struct id {
	uint16_t vendor;
	uint16_t device;
};

/* quirk_bridge_cavm_thrx2_pcie_root() */
static const struct id translation_roots[] = {{0x14e4, 0x9000}, {0x14e4, 0x9084}};

static const struct id disguised[] = {
	{0x1b21, 0x1080}, {0x10e3, 0x8113}, {0x1283, 0x8892}, {0x1283, 0x8893}, {0x8086, 0x244e}};

static bool is_one_of(const struct pci_function *function, const struct id *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (pci_has_ids(function, ids[i].vendor, ids[i].device))
			return true;
	}
	return false;
}

/* Conventional bridges that behave as those of PCI Express do, below it:
 * quirk_use_pcie_bridge_dma_alias(). */
static bool is_express_in_disguise(const struct pci_function *bridge)
{
	if (!bridge->parent || !is_one_of(bridge, disguised, ARRAY_LENGTH(disguised)))
		return false;
	switch (bridge->parent->pcie_type) {
	case PCIE_NONE:
	case PCIE_UNKNOWN:
	case PCIE_TO_PCI_BRIDGE:
		return false;
	default:
		return true;
	}
}

enum bridge_alias dma_alias_of_bridge(const struct pci_function *bridge)
{
	if (is_one_of(bridge, translation_roots, ARRAY_LENGTH(translation_roots)))
		return BRIDGE_ALIAS_STOP;
	switch (bridge->pcie_type) {
	case PCIE_UNKNOWN:
		return BRIDGE_ALIAS_UNKNOWN;
	case PCIE_NONE:
		return is_express_in_disguise(bridge) ? BRIDGE_ALIAS_SECONDARY : BRIDGE_ALIAS_OWN;
	case PCIE_TO_PCI_BRIDGE:
		return BRIDGE_ALIAS_SECONDARY;
	case PCI_TO_PCIE_BRIDGE:
		return BRIDGE_ALIAS_OWN;
	case PCIE_ROOT_PORT:
	case PCIE_UPSTREAM_PORT:
	case PCIE_DOWNSTREAM_PORT:
	case PCIE_ENDPOINT:
	case PCIE_LEGACY_ENDPOINT:
	case PCIE_INTEGRATED_ENDPOINT:
	case PCIE_EVENT_COLLECTOR:
	case PCIE_RESERVED:
		return BRIDGE_ALIAS_NONE;
	}
	return BRIDGE_ALIAS_UNKNOWN;
}

bool dma_alias_is_dropped(const struct host *host, const struct pci_function *bridge)
{
	enum { ASPEED = 0x1a03, AST1150 = 0x1150 };
	struct kernel_version version;

	return pci_has_ids(bridge, ASPEED, AST1150) && host_kernel_version(host, &version) &&
	       kernel_at_least(&version, 7, 0);
}

static const struct alias_row *find_row(const struct pci_function *function)
{
	for (size_t i = 0; i < ARRAY_LENGTH(alias_rows); i++) {
		if (pci_has_ids(function, alias_rows[i].vendor, alias_rows[i].device))
			return &alias_rows[i];
	}
	return NULL;
}

/* Only two boards with that controller have the defect: fixed_dma_alias_tbl[]. */
static bool is_affected_9005(const struct pci_function *function)
{
	return fact_known(&function->subsystem_vendor.fact) &&
	       function->subsystem_vendor.value == 0x9005 &&
	       (function->subsystem_device.value == 0x02bb ||
		function->subsystem_device.value == 0x02bc);
}

bool dma_alias_has_quirk(const struct pci_function *function)
{
	const struct alias_row *row = find_row(function);

	return row && (row->alias != FIXED_01_0 || is_affected_9005(function));
}

bool dma_alias_covers(const struct pci_function *function, uint8_t devfn)
{
	const struct alias_row *row = find_row(function);
	uint8_t slot = function->address.device;

	if (!dma_alias_has_quirk(function))
		return false;
	switch (row->alias) {
	case FUNCTION_0:
		/* The fixup is for functions other than 0. */
		return function->address.function != 0 && devfn == (uint8_t)(slot << 3);
	case FUNCTION_1:
		return function->address.function != 1 && devfn == (uint8_t)(slot << 3 | 1);
	case FIXED_01_0:
		return devfn == 1 << 3;
	case MIC_X200:
		return devfn == 0x10 << 3 || devfn == 0x11 << 3 || devfn == (0x12 << 3 | 3);
	case FUNCTIONS_0_TO_4_OF_ALL_SLOTS:
		return (devfn & 7) <= 4;
	case ALL:
		return true;
	}
	return false;
}

bool dma_alias_is_hidden(const struct pci_function *function)
{
	enum { MICROSEMI = 0x11f8, EFAR = 0x1055 };

	if (!pci_knows_ids(function))
		return true;
	if (pci_has_ids(function, 0x9005, 0x0285))
		return !fact_known(&function->subsystem_vendor.fact) ||
		       !fact_known(&function->subsystem_device.fact);
	if (pci_class(function) != PCI_CLASS_BRIDGE_OTHER)
		return false;
	return function->vendor.value == MICROSEMI ||
	       (function->vendor.value == EFAR && function->device.value >= 0x1001 &&
		function->device.value <= 0x1008 && function->device.value != 0x1007);
}

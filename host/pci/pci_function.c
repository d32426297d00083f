/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/pci_function.h"

#include <errno.h>
#include <pci/header.h>
#include <stdlib.h>

#include "host/base/array.h"
#include "host/pci/capabilities.h"

enum { HEADER_TYPE_MASK = 0x7f };

bool pci_is_vf(const struct pci_function *function)
{
	return fact_known(&function->physfn.fact);
}

bool pci_is_boot_display(const struct pci_function *function)
{
	return fact_known(&function->boot_vga.fact) && function->boot_vga.value == 1;
}

bool pci_has_vfs(const struct pci_function *function)
{
	return fact_known(&function->sriov.numvfs.fact) && function->sriov.numvfs.value > 0;
}

bool pci_is_on_driver(const struct pci_function *function, const char *driver)
{
	return fact_text_is(&function->driver, driver);
}

bool pci_knows_ids(const struct pci_function *function)
{
	return fact_known(&function->vendor.fact) && fact_known(&function->device.fact);
}

bool pci_has_ids(const struct pci_function *function, int64_t vendor, int64_t device)
{
	return pci_knows_ids(function) && function->vendor.value == vendor &&
	       function->device.value == device;
}

bool pci_same_ids(const struct pci_function *a, const struct pci_function *b)
{
	return pci_knows_ids(b) && pci_has_ids(a, b->vendor.value, b->device.value);
}

bool pci_same_group(const struct pci_function *a, const struct pci_function *b)
{
	return fact_known(&a->group.fact) && fact_known(&b->group.fact) &&
	       a->group.value == b->group.value;
}

int pci_header_type(const struct pci_function *function)
{
	uint8_t header_type;

	if (!config_read8(&function->config, PCI_HEADER_TYPE, &header_type))
		return -1;
	/* A VF's registers are those of an endpoint, also where the byte reads as ones. */
	if (header_type == 0xff)
		return pci_is_vf(function) ? PCI_HEADER_TYPE_NORMAL : -1;
	return header_type & HEADER_TYPE_MASK;
}

int pci_class(const struct pci_function *function)
{
	return fact_known(&function->class_code.fact)
		       ? (int)(function->class_code.value >> 8 & 0xffff)
		       : -1;
}

enum { CLASS_INFINIBAND = 0x0207 };

bool pci_has_foreign_netdevs(const struct pci_function *function)
{
	const struct fact *fact = &function->netdevs.fact;

	return fact->state == FACT_UNREADABLE && fact->error == ENXIO;
}

bool pci_is_pf(const struct pci_function *function)
{
	return fact_known(&function->sriov.totalvfs.fact);
}

bool pci_is_infiniband(const struct pci_function *function)
{
	return pci_class(function) == CLASS_INFINIBAND;
}

int pci_base_class(const struct pci_function *function)
{
	int class_code = pci_class(function);

	return class_code < 0 ? -1 : class_code >> 8;
}

static int compare_address(const void *key, const void *item)
{
	const struct pci_function *function = item;

	return pci_address_compare(key, &function->address);
}

const struct pci_function *pci_functions_find(const struct pci_function *functions, size_t count,
					      const struct pci_address *address)
{
	if (!count)
		return NULL;
	return bsearch(address, functions, count, sizeof(*functions), compare_address);
}

const struct pci_function *pci_functions_find_name(const struct pci_function *functions,
						   size_t count, const char *name)
{
	struct pci_address address;

	return pci_address_parse(name, &address) == 0
		       ? pci_functions_find(functions, count, &address)
		       : NULL;
}

struct intx_row {
	uint16_t vendor, device;
	enum intx_sharing sharing;
};

/* Of Creative's since 6.13, and of some stable releases before. */
static const struct intx_row intx_rows[] = {
	{0x1425, 0x0030, INTX_ALONE},   {0x1814, 0x0601, INTX_ALONE}, {0x1b7c, 0x0004, INTX_ALONE},
	{0x1102, 0x000b, INTX_UNKNOWN}, {0x10ec, 0x8169, INTX_ALONE}, {0x15b3, 0x6340, INTX_ALONE},
	{0x15b3, 0x634a, INTX_ALONE},   {0x15b3, 0x6354, INTX_ALONE}, {0x15b3, 0x6732, INTX_ALONE},
	{0x15b3, 0x673c, INTX_ALONE},   {0x15b3, 0x6368, INTX_ALONE}, {0x15b3, 0x6750, INTX_ALONE},
	{0x15b3, 0x6372, INTX_ALONE},   {0x15b3, 0x675a, INTX_ALONE}, {0x15b3, 0x6764, INTX_ALONE},
	{0x15b3, 0x6746, INTX_ALONE},   {0x15b3, 0x676e, INTX_ALONE}, {0x15b3, 0x1003, INTX_ALONE},
	{0x15b3, 0x1007, INTX_ALONE},
};

/* The kernel gives a VF no INTx. */
static bool has_intx(const struct pci_function *function)
{
	uint8_t pin;

	return !pci_is_vf(function) && pci_header_type(function) == PCI_HEADER_TYPE_NORMAL &&
	       config_read8(&function->config, PCI_INTERRUPT_PIN, &pin) && pin != 0 && pin != 0xff;
}

/* What has MSI is younger than the bit, but for a few. A bit that is set can be set. */
static bool may_lack_disintx(const struct config_space *config)
{
	uint16_t command;

	return capability_find(config, CAPABILITY_EXPRESS).state == FACT_ABSENT &&
	       capability_find(config, CAPABILITY_MSI).state == FACT_ABSENT &&
	       capability_find(config, CAPABILITY_MSIX).state == FACT_ABSENT &&
	       config_read16(config, PCI_COMMAND, &command) &&
	       !(command & PCI_COMMAND_DISABLE_INTx);
}

enum intx_sharing pci_sharing_of(const struct pci_function *function, bool on_root_bus)
{
	if (!has_intx(function))
		return INTX_SHARED;
	for (size_t i = 0; i < ARRAY_LENGTH(intx_rows); i++) {
		if (pci_has_ids(function, intx_rows[i].vendor, intx_rows[i].device))
			return intx_rows[i].sharing;
	}
	return !on_root_bus && may_lack_disintx(&function->config) ? INTX_UNKNOWN : INTX_SHARED;
}

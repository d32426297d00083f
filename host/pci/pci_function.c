/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/pci_function.h"

#include <errno.h>
#include <pci/header.h>
#include <stdlib.h>

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

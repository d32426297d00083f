/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_DOMAIN_POOL_H
#define PASSCHECK_GUEST_READ_DOMAIN_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/pci/pci_address.h"

/* A function that is named by its address, or all that the host has at its slot. */
struct pool_function {
	struct pci_address address;
	bool whole_slot;
};

/* What the stack may give for a name: these functions together. Values that are not said are -1. */
struct pool_choice {
	unsigned line; /* where it begins in the document */
	struct pool_function *functions;
	size_t count;
	int64_t vendor;
	int64_t device;
	int64_t group; /* of the IOMMU */
};

/*
 * A name for functions, of which a guest gets what is free: a PCI resource mapping of Proxmox VE
 * (/etc/pve/mapping/pci.cfg, PVE/Mapping/PCI.pm), or a resource of KubeVirt's
 * permittedHostDevices, which stands for all functions of a vendor and device.
 */
struct domain_pool {
	const char *name;
	bool by_ids; /* choices have ids and no functions; one function a group is given */
	struct pool_choice *choices;
	size_t count;
};

/* Reads "10de:2235" into the vendor and device of choice. Returns false, choice untouched, for
 * another text and for NULL. */
bool pool_choice_read_ids(const char *text, struct pool_choice *choice);

#endif

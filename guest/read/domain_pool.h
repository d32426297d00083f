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

/* A vendor and a device; -1 both where they are not said. */
struct pool_ids {
	int64_t vendor;
	int64_t device;
};

/* What the stack may give for a name: these functions together. */
struct pool_choice {
	unsigned line;    /* where it begins in the document */
	const char *node; /* the host that it is for; NULL: not said, or any */
	struct pool_function *functions;
	size_t count;
	struct pool_ids ids;
	struct pool_ids subsystem;
	int64_t group; /* of the IOMMU; -1 where it is not said */
};

/*
 * A name for functions, of which a guest gets what is free: a PCI resource mapping of Proxmox VE
 * (/etc/pve/mapping/pci.cfg, PVE/Mapping/PCI.pm), or a resource of KubeVirt's
 * permittedHostDevices, which stands for all functions of a vendor and device.
 */
struct domain_pool {
	const char *name;
	bool by_ids;      /* choices have ids and no functions; one function a group is given */
	bool gives_mdevs; /* it is marked as one whose functions give mediated devices */
	struct pool_choice *choices;
	size_t count;
};

/* Reads "10de:2235". Another text, or NULL, does not say ids. */
struct pool_ids pool_ids_read(const char *text);

#endif

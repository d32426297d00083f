/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_PCI_H
#define PASSCHECK_HOST_PCI_PCI_H

#include "host/access/root.h"
#include "host/pci/iommu.h"
#include "host/pci/pci_function.h"

struct pci {
	struct fact fact;               /* of /sys/bus/pci/devices */
	struct pci_function *functions; /* sorted by address */
	size_t count;
	const char *const *foreign; /* names in the folder that are no addresses */
	size_t foreign_count;
	bool shows_resets; /* a function has reset_method: the kernel knows the attribute */
};

/*
 * Reads every function below root into memory of arena. A function that one of groups lists is not
 * asked for its group again. Short memory marks the arena.
 */
void pci_load(struct root *root, struct arena *arena, const struct iommu_groups *groups,
	      struct pci *ret);

/* Returns the function of that address, or NULL. */
const struct pci_function *pci_find(const struct pci *pci, const struct pci_address *address);

/*
 * Returns the name of the host bridge below which the kernel has the function, "pci0000:00", that
 * of a VMD endpoint "pci10000:e0", in memory of arena; NULL where its folder was not found.
 */
const char *pci_host_bridge(const struct pci_function *function, struct arena *arena);

/* As pci_find(), by the address as text; NULL also for what is no address. */
const struct pci_function *pci_find_name(const struct pci *pci, const char *name);

/* Returns the function that a folder of sysfs lies in: the last address on the way down to it, or
 * NULL. Memory comes from arena. */
const struct pci_function *pci_find_path(const struct pci *pci, struct arena *arena,
					 const char *path);

#endif

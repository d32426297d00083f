/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_VERSIONS_H
#define PASSCHECK_HOST_PCI_VERSIONS_H

#include "host/pci/pci.h"

struct driver_version;

/* Versions that drivers and devices tell in sysfs. No verdict rests on them: fleets compare them.
 */
struct pci_versions {
	struct driver_version *drivers; /* sorted by name */
	size_t count;
};

/* Reads them below root into memory of arena; short memory marks it. */
void pci_versions_load(struct root *root, struct arena *arena, const struct pci *pci,
		       struct pci_versions *ret);

/* Returns the version of a function's driver: MODULE_VERSION(), which few drivers of the kernel's
 * tree have. NULL where it is not on a driver. */
const struct fact_text *pci_driver_version(const struct pci_versions *versions,
					   const struct pci_function *function);

#endif

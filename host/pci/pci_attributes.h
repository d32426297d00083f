/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_PCI_ATTRIBUTES_H
#define PASSCHECK_HOST_PCI_PCI_ATTRIBUTES_H

#include "host/access/root.h"
#include "host/pci/iommu.h"
#include "host/pci/pci_function.h"

/*
 * Reads the attributes in the folder function->path; the address, name and path are the caller's.
 * An attribute that functions of its kind do not have is absent, and is not asked for. Of a VF,
 * what the kernel takes from its PF is taken from that among functions, which was read before; and
 * the group is taken from the lists of groups where they tell.
 */
void pci_attributes_read(struct root *root, struct arena *arena, const struct iommu_groups *groups,
			 const struct pci_function *functions, size_t count,
			 struct pci_function *function);

/* Says of every attribute that it was not captured: the folder is not that of the function. */
void pci_attributes_forget(struct pci_function *function);

/*
 * Parses the text of a `resource` attribute: resource_show() of drivers/pci/pci-sysfs.c writes
 * lines of "0x%016llx 0x%016llx 0x%016llx". Any other text is malformed, and no line of it is
 * taken.
 */
void pci_resources_parse(struct arena *arena, const struct fact_text *text,
			 struct pci_resources *ret);

#endif

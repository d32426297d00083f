/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_GROUP_TYPES_H
#define PASSCHECK_HOST_PCI_GROUP_TYPES_H

#include "host/pci/pci.h"

/*
 * Reads the types of groups into memory of arena; short memory marks it. No verdict rests on them,
 * and a file for each of thousands of VFs is dear: groups that have no function but VFs keep a type
 * that was not captured.
 */
void iommu_group_types_load(struct root *root, struct arena *arena, const struct pci *pci,
			    struct iommu_groups *groups);

#endif

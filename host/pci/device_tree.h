/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_DEVICE_TREE_H
#define PASSCHECK_HOST_PCI_DEVICE_TREE_H

#include "host/boot/boolean.h"
#include "host/pci/iommu.h"
#include "host/pci/pci.h"

/* Whether a device tree says that a device sees memory as the processors' caches have it. */
struct node_coherency {
	enum boolean coherent;
	struct fact evidence; /* of the property that decides, or of what was not read */
};

/* A host bridge that a device tree describes, and which requesters its node gives an IOMMU. */
struct iommu_map {
	const char *path;      /* folder of its root bus: "/sys/devices/platform/…/pci0000:00" */
	struct fact_text map;  /* iommu-map: big-endian words; absent: no requester has one */
	struct fact_text mask; /* iommu-map-mask; absent: all bits of a requester id count */
};

/* An SMMU that runs, and that a device tree describes. */
struct tree_smmu {
	const char *name; /* that of its iommu_unit */
	struct node_coherency coherency;
};

/* What a device tree says of PCI; nothing where ACPI's tables take its place. */
struct device_tree {
	struct fact_text compatible; /* names of the machine, each with a NUL behind it */
	struct iommu_map *maps;
	size_t map_count;
	struct tree_smmu *smmus;
	size_t smmu_count;
	/* Of functions by nodes of their own, in the order of pci; where such an SMMU is not
	 * coherent itself, and NULL where all are, or are of version 3. */
	struct node_coherency *own;
};

/* Reads the nodes of the host bridges that have one. Memory comes from arena. */
void device_tree_load(struct root *root, struct arena *arena, const struct pci *pci,
		      struct device_tree *ret);

/* Reads the nodes of SMMUs among the units, and of functions that these leave to their own, once
 * the tree was loaded. Of one whose node was not seen, nothing is known; where firmware has ACPI's
 * tables, it has none. */
void device_tree_load_smmus(struct root *root, struct arena *arena, const struct pci *pci,
			    const struct iommu_units *units, struct device_tree *tree);

/* Returns whether an SMMU is of a version before 3, which asks the nodes of functions, too:
 * arm_smmu_capable(), drivers/iommu/arm/arm-smmu/arm-smmu.c. */
bool tree_smmu_asks_functions(const struct tree_smmu *smmu);

/* Returns the SMMU of the unit of that name, or NULL where the tree describes none. */
const struct tree_smmu *device_tree_smmu(const struct device_tree *tree, const char *name);

/* Returns the map of the bridge above a function, or NULL where no node of it is known. */
const struct iommu_map *device_tree_map(const struct device_tree *tree,
					const struct pci_function *function);

/*
 * Returns whether a map gives a requester id an IOMMU: of_map_id() of drivers/of/base.c. Unknown
 * where the map was not read, or is not of four words for each range.
 */
enum boolean iommu_map_covers(const struct iommu_map *map, uint16_t requester_id);

/* Returns whether the machine is compatible with a name. */
bool device_tree_is(const struct device_tree *tree, const char *name);

#endif

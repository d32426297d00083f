/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_IOMMU_H
#define PASSCHECK_HOST_PCI_IOMMU_H

#include "host/access/root.h"

/* A group as the kernel formed it: /sys/kernel/iommu_groups/ID. Ids have gaps and change over
 * boots. */
struct iommu_group {
	uint32_t id;
	struct fact_list devices;          /* names: PCI addresses, and others (platform devices) */
	struct fact_text name;             /* absent, or "vfio-noiommu" */
	struct fact_text reserved_regions; /* lines of "START END TYPE" */
	struct fact_text type;             /* of its default domain: "DMA", "DMA-FQ", "identity",
					      "blocked"; host/pci/group_types.h reads it */
};

/* A name in the list of a group. */
struct iommu_member {
	const char *name;
	const struct iommu_group *group;
};

struct iommu_groups {
	struct fact fact;           /* of /sys/kernel/iommu_groups */
	struct iommu_group *groups; /* sorted by id */
	size_t count;
	struct iommu_member *members; /* of all groups, sorted by name */
	size_t member_count;
};

enum iommu_kind { IOMMU_OTHER, IOMMU_VTD, IOMMU_AMD_VI, IOMMU_SMMU };

/* An IOMMU whose translation is on: /sys/class/iommu/NAME. */
struct iommu_unit {
	const char *name; /* "dmar0", "ivhd0", "smmu3.0x…" */
	const char *path; /* its own folder: "/sys/devices/pci0000:00/0000:00:00.2/iommu/ivhd0" */
	enum iommu_kind kind;
	struct fact_number address;             /* VT-d: register base, as the DRHD has it */
	struct fact_number capability;          /* VT-d CAP, AMD capability header */
	struct fact_number extended_capability; /* VT-d ECAP */
	struct fact_text features;              /* AMD: "EFR", "EFR2:EFR" or "EFR:EFR2" */
	struct fact_list devices;
};

struct iommu_units {
	struct fact fact; /* of /sys/class/iommu */
	struct iommu_unit *units;
	size_t count;
};

void iommu_groups_load(struct root *root, struct arena *arena, struct iommu_groups *ret);
void iommu_units_load(struct root *root, struct arena *arena, struct iommu_units *ret);

/* Returns the group of that id, or NULL. */
const struct iommu_group *iommu_group_find(const struct iommu_groups *groups, int64_t id);

/* Returns the one group that lists the device of that name, or NULL where none does, or several. */
const struct iommu_group *iommu_group_listing(const struct iommu_groups *groups, const char *name);

/*
 * Returns whether VFIO made the group for a device that no IOMMU translates (drivers/vfio/group.c,
 * vfio_noiommu_group_alloc()): nothing keeps that device from any memory.
 */
bool iommu_group_is_noiommu(const struct iommu_group *group);

/* Returns "vt-d", "amd-vi", "smmu" or "other". */
const char *iommu_kind_name(enum iommu_kind kind);

#endif

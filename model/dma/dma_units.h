/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_DMA_DMA_UNITS_H
#define PASSCHECK_MODEL_DMA_DMA_UNITS_H

#include "host/acpi/dmar.h"
#include "host/acpi/iort.h"
#include "host/acpi/ivrs.h"
#include "host/acpi/viot.h"
#include "host/boot/boolean.h"
#include "host/host.h"
#include "model/dma/ivrs_devices.h"

/*
 * Which IOMMU translates which function. The tables of firmware say which one would; the units and
 * links of sysfs say which one does, and win.
 */

/* An IOMMU: of firmware's tables, of sysfs, or of both. */
struct dma_unit {
	enum iommu_kind kind;
	const struct dmar_structure *drhd; /* NULL where the DMAR does not have it */
	const struct ivrs_block *ivhd;     /* NULL where the IVRS does not have it */
	const struct iort_node *smmu;      /* NULL where the IORT does not have it */
	const struct viot_node *viommu;    /* NULL where the VIOT does not have it */
	const struct iommu_unit *running;  /* NULL where translation is off */
	bool ignored; /* the kernel passes over it: none of the devices that it is for is there */
	const struct pci_function **functions; /* those that it translates, by address */
	size_t function_count;
};

enum dma_coverage {
	DMA_COVERAGE_UNKNOWN,
	DMA_COVERED,
	DMA_UNCOVERED, /* no unit translates it: it can be in no group */
};

struct dma_match {
	enum dma_coverage coverage;
	const struct dma_unit *unit;     /* NULL unless covered, and known */
	const struct dma_unit *promised; /* by the tables; NULL where they name none */
};

/* A scope whose type does not fit the function that it names: the kernel's
 * dmar_insert_dev_scope() then fails, and with it all of VT-d. */
struct dma_conflict {
	const struct dmar_structure *structure;
	const struct dmar_scope *scope;
	const struct pci_function *function;
};

struct dma_units {
	const struct host *host;
	const struct dmar *dmar; /* NULL where the table was not read */
	const struct ivrs *ivrs; /* NULL where the table was not read */
	const struct iort *iort; /* NULL where the table was not read */
	const struct viot *viot; /* NULL where the table was not read */
	struct dma_unit *units;
	size_t count;
	struct dma_match *matches; /* of each function, in the order of host->pci */
	struct dma_conflict *conflicts;
	size_t conflict_count;
	struct ivrs_devices ivrs_devices;
};

/*
 * Builds the units and matches each function. Memory comes from arena; short memory marks it.
 * Sources: dmar_find_matched_drhd_unit() and dmar_match_pci_path() of drivers/iommu/intel/dmar.c,
 * device_lookup_iommu() and init_no_remapping_devices() of drivers/iommu/intel/iommu.c,
 * init_iommu_from_acpi() of drivers/iommu/amd/init.c, iort_pci_iommu_init() of
 * drivers/acpi/arm64/iort.c, viot_iommu_configure() of drivers/acpi/viot.c, which comes after it,
 * of_iommu_configure() of drivers/iommu/of_iommu.c.
 */
void dma_units_build(const struct host *host, struct arena *arena, struct dma_units *ret);

/* Returns what is known of a function of the host. */
const struct dma_match *dma_units_match(const struct dma_units *units,
					const struct pci_function *function);

/* Returns whether the function gets into a group once a driver is bound to it, as
 * platform_groups_with_driver() says: no where a table or a device tree says that no unit
 * translates it, unknown where none tells. */
enum boolean dma_units_group_with_driver(const struct dma_units *units,
					 const struct pci_function *function);

/*
 * Returns whether a device tree gives none of the host's functions an IOMMU, as on boards whose
 * IOMMUs are those of displays and codecs: nothing that firmware or the kernel is told changes
 * that.
 */
bool dma_units_left_out_by_device_tree(const struct dma_units *units);

/* Returns whether Arm's table is whole and names no SMMU, and none runs: it is off in the firmware
 * setup, or the platform has none. */
bool dma_units_lack_smmu(const struct dma_units *units);

/* Returns the unit's name in sysfs, or NULL where it does not run. */
const char *dma_unit_name(const struct dma_unit *unit);

/* Returns where the unit's registers are by firmware's tables, or 0 where those do not have it, or
 * where it is a PCI function. */
uint64_t dma_unit_base(const struct dma_unit *unit);

/* Returns whether nothing speaks against the unit's being there: a virtio-iommu of the VIOT is a
 * function of the host (viot_get_pci_iommu_fwnode()). */
bool dma_unit_is_there(const struct dma_units *units, const struct dma_unit *unit);

/* Returns what a unit is called: by its name, else by where firmware's tables have it. Memory comes
 * from arena. */
const char *dma_unit_describe(struct arena *arena, const struct dma_unit *unit);

/*
 * Returns whether the tables say that an SMMUv3 does not keep its view of memory coherent with the
 * processors' caches. VFIO then refuses what is behind it (EINVAL): vfio_register_group_dev() asks
 * for IOMMU_CAP_CACHE_COHERENCY, and arm_smmu_capable() goes by the table's flag, since 6.1
 * (coherency_is_asked()).
 */
bool dma_unit_is_incoherent(const struct dma_units *units, const struct dma_unit *unit);

/* Returns whether the unit is an SMMU that runs, of which a table that could not be read whole
 * would tell whether it is coherent. Of a device tree nothing is known, and nothing is asked. */
bool dma_units_coherency_is_unread(const struct dma_units *units, const struct dma_unit *unit);

#endif

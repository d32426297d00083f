/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_DMA_RESERVED_MEMORY_H
#define PASSCHECK_MODEL_DMA_RESERVED_MEMORY_H

#include "model/dma/dma_units.h"
#include "model/platform.h"

/*
 * Memory that firmware wants functions to reach at its own address, whoever owns them. The kernel
 * does not give such functions to a guest, whose memory would lie there.
 */

enum reserved_kind {
	RESERVED_RMRR,
	RESERVED_IVMD,
	RESERVED_RMR,   /* of the IORT */
	RESERVED_GROUP, /* the kernel lists it for a group, and no table that was read has it */
};

enum reserved_effect {
	RESERVED_HARMLESS,
	RESERVED_EFFECT_UNKNOWN,
	RESERVED_BLOCKS,
};

struct reserved_region {
	enum reserved_kind kind;
	uint64_t start;
	uint64_t end; /* last byte */
	const struct fact *evidence;
	const struct pci_function **functions; /* those that are here, by address */
	size_t function_count;
	bool relaxable;              /* of an RMR: the kernel may map other memory there */
	enum reserved_effect effect; /* on whichever of them it is worst for */
};

struct reserved_verdict {
	enum reserved_effect effect;
	const struct reserved_region *region; /* which blocks; NULL for other effects */
};

struct reserved_memory {
	const struct host *host;
	struct reserved_region *regions;
	size_t count;
	struct reserved_verdict *verdicts; /* of each function, in the order of host->pci */
	/* The first list of a group with a line that does not have the kernel's form, or too many
	 * lines: what it says beyond those that were read is unknown. NULL: none. */
	const struct fact *unsound;
};

/*
 * Builds the regions and judges each function. Memory comes from arena; short memory marks it.
 *
 * What a group's reserved_regions says wins over tables. There "direct" blocks: on VT-d with any
 * kernel (device_rmrr_is_relaxable(), drivers/iommu/intel/iommu.c), elsewhere from 6.6 on
 * (__iommu_device_set_domain(), drivers/iommu/iommu.c). RMRRs of USB controllers are relaxable, and
 * those of displays from 4.1 on. A region blocks the whole group of its function.
 */
void reserved_memory_build(const struct host *host, const struct host_platform *platform,
			   const struct dma_units *units, struct arena *arena,
			   struct reserved_memory *ret);

/*
 * Returns whether reserved memory keeps the function from being assigned, and with *ret the region
 * (NULL unless it blocks). Where the kernel's groups were not read, the answer is for the function
 * alone.
 */
enum reserved_effect reserved_memory_blocks(const struct reserved_memory *memory,
					    const struct pci_function *function,
					    const struct reserved_region **ret);

/*
 * Returns the list of a group by which a kernel of VT-d takes some RMRR for one that is not
 * relaxable, whatever its command line says, or NULL: 5.3 and later tell "direct-relaxable" apart.
 * Regions of devices that are not PCI stay direct with the patch, too, and tell nothing.
 */
const struct fact *reserved_memory_strict(const struct host *host,
					  const struct host_platform *platform);

/* Addresses, with their last byte. */
struct address_range {
	uint64_t start;
	uint64_t end;
};

/*
 * Returns whether the kernel is known to map nothing at some of the addresses for functions of the
 * group, and with *ret the first such region: one of type "reserved", as that below 1 TiB which
 * AMD's hosts have for HyperTransport (amd_iommu_get_resv_regions(), drivers/iommu/amd/iommu.c).
 */
bool reserved_memory_meets(const struct iommu_group *group, struct address_range addresses,
			   struct address_range *ret);

/* Returns "rmrr", "ivmd", "rmr" or "group". */
const char *reserved_kind_name(enum reserved_kind kind);

#endif

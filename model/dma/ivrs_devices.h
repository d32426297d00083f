/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_DMA_IVRS_DEVICES_H
#define PASSCHECK_MODEL_DMA_IVRS_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "host/acpi/ivrs.h"

/*
 * What the chosen IVHDs of an IVRS say of each requester id: which unit translates it, and as which
 * other id the unit sees it (init_iommu_from_acpi() of drivers/iommu/amd/init.c).
 */

/* MAX_IOMMUS of drivers/iommu/amd/amd_iommu_types.h. */
enum { IVRS_MOST_UNITS = 32 };

struct ivrs_segment;

/* Zeroed before the first IVHD is added. */
struct ivrs_devices {
	struct ivrs_segment *segments;
	size_t segment_count;
};

/* Adds an IVHD, of at most IVRS_MOST_UNITS in the order of the table; unit is what
 * ivrs_devices_unit() returns for its ids. Memory comes from arena; short memory marks it. */
void ivrs_devices_add(struct arena *arena, struct ivrs_devices *devices,
		      const struct ivrs_block *ivhd, uint8_t unit);

/* Returns whether a unit translates the requester id, and which. */
bool ivrs_devices_unit(const struct ivrs_devices *devices, uint32_t segment, uint16_t devid,
		       uint8_t *ret);

/* Returns whether a unit sees another requester id instead of devid, and which. */
bool ivrs_devices_alias(const struct ivrs_devices *devices, uint32_t segment, uint16_t devid,
			uint16_t *ret);

#endif

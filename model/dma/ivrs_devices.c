/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/ivrs_devices.h"

#include <string.h>

#include "host/base/arena.h"

enum { REQUESTER_IDS = 0x10000, NO_UNIT = 0xff };

/* What the IVHDs of a segment say of each requester id. */
struct ivrs_segment {
	uint16_t segment;
	uint8_t *units;    /* that translate it, or NO_UNIT */
	uint16_t *aliases; /* itself where there is none */
};

static struct ivrs_segment *find_segment(const struct ivrs_devices *devices, uint32_t segment)
{
	for (size_t i = 0; i < devices->segment_count; i++) {
		if (devices->segments[i].segment == segment)
			return &devices->segments[i];
	}
	return NULL;
}

static struct ivrs_segment *add_segment(struct arena *arena, struct ivrs_devices *devices,
					uint16_t number)
{
	struct ivrs_segment *segment = find_segment(devices, number);

	if (segment)
		return segment;
	if (!devices->segments)
		devices->segments = arena_array(arena, IVRS_MOST_UNITS, sizeof(*segment));
	if (!devices->segments || devices->segment_count == IVRS_MOST_UNITS)
		return NULL;
	segment = &devices->segments[devices->segment_count];
	segment->segment = number;
	segment->units = arena_alloc(arena, REQUESTER_IDS);
	segment->aliases = arena_array(arena, REQUESTER_IDS, sizeof(uint16_t));
	if (!segment->units || !segment->aliases)
		return NULL;
	memset(segment->units, NO_UNIT, REQUESTER_IDS);
	for (unsigned id = 0; id < REQUESTER_IDS; id++)
		segment->aliases[id] = (uint16_t)id;
	devices->segment_count++;
	return segment;
}

/* The state of init_iommu_from_acpi() between a range's start and its end. */
struct range {
	uint16_t first;
	uint16_t alias;
	bool aliased;
};

static void apply_range(struct ivrs_segment *segment, uint8_t unit, const struct range *range,
			uint16_t last)
{
	for (unsigned id = range->first; id <= last; id++) {
		segment->units[id] = unit;
		if (range->aliased)
			segment->aliases[id] = range->alias;
	}
	if (range->aliased && range->first <= last)
		segment->units[range->alias] = unit;
}

static void apply_entry(struct ivrs_segment *segment, uint8_t unit, const struct ivrs_block *ivhd,
			const struct ivrs_entry *entry, struct range *range)
{
	switch (entry->type) {
	case IVRS_ENTRY_ALL:
		memset(segment->units, unit, REQUESTER_IDS);
		break;
	case IVRS_ENTRY_ALIAS_SELECT:
		segment->aliases[entry->device_id] = entry->alias;
		segment->units[entry->alias] = unit;
		segment->units[entry->device_id] = unit;
		break;
	case IVRS_ENTRY_SELECT:
	case IVRS_ENTRY_EXTENDED_SELECT:
		segment->units[entry->device_id] = unit;
		break;
	case IVRS_ENTRY_RANGE_START:
	case IVRS_ENTRY_EXTENDED_RANGE_START:
	case IVRS_ENTRY_ALIAS_RANGE_START:
		*range = (struct range){.first = entry->device_id,
					.alias = entry->alias,
					.aliased = entry->type == IVRS_ENTRY_ALIAS_RANGE_START};
		break;
	case IVRS_ENTRY_RANGE_END:
		apply_range(segment, unit, range, entry->device_id);
		break;
	case IVRS_ENTRY_SPECIAL:
		segment->units[entry->alias] = unit;
		break;
	case IVRS_ENTRY_HID:
		if (ivhd->type == IVRS_IVHD_MIXED && *entry->hid)
			segment->units[entry->device_id] = unit;
		break;
	default:
		break;
	}
}

void ivrs_devices_add(struct arena *arena, struct ivrs_devices *devices,
		      const struct ivrs_block *ivhd, uint8_t unit)
{
	struct ivrs_segment *segment = add_segment(arena, devices, ivhd->segment);
	struct range range = {0};

	if (!segment)
		return;
	for (size_t i = 0; i < ivhd->entry_count; i++)
		apply_entry(segment, unit, ivhd, &ivhd->entries[i], &range);
	/* init_iommu_one(): an IOMMU does not translate itself, whatever the table says. */
	segment->units[ivhd->device_id] = NO_UNIT;
}

bool ivrs_devices_unit(const struct ivrs_devices *devices, uint32_t segment, uint16_t devid,
		       uint8_t *ret)
{
	const struct ivrs_segment *found = find_segment(devices, segment);

	if (!found || found->units[devid] == NO_UNIT)
		return false;
	*ret = found->units[devid];
	return true;
}

bool ivrs_devices_alias(const struct ivrs_devices *devices, uint32_t segment, uint16_t devid,
			uint16_t *ret)
{
	const struct ivrs_segment *found = find_segment(devices, segment);

	if (!found || found->aliases[devid] == devid)
		return false;
	*ret = found->aliases[devid];
	return true;
}

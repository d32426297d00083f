/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "host/base/buffer.h"
#include "model/dma/iommu_registers.h"
#include "report/audit/text/parts.h"

enum { INDENT = 2, MOST_NAMES = 8 };

/* Lists functions by name; of many, the first ones and how many more there are. */
static const char *list_names(struct text *text, const struct pci_function *const *functions,
			      size_t count)
{
	struct buffer list = {.arena = text->arena, .separator = " ", .most = MOST_NAMES};

	for (size_t i = 0; i < count; i++)
		buffer_item(&list, "%s", functions[i]->name);
	return count ? buffer_list(&list) : "none that is here";
}

static const char *width_of(struct text *text, const struct dma_unit *unit, const struct ivrs *ivrs)
{
	struct iommu_registers registers;

	iommu_registers_read(unit, ivrs, &registers);
	unsigned width = iommu_address_width(&registers);
	return width ? arena_printf(text->arena, ", %u address bits", width) : "";
}

static const char *place_of(struct text *text, const struct dma_unit *unit)
{
	uint64_t base = dma_unit_base(unit);

	if (unit->viommu && !unit->running && !base)
		return arena_printf(text->arena, ", %s", dma_unit_describe(text->arena, unit));
	/* The name of an SMMU that runs has it. */
	if (!base || (unit->smmu && unit->running))
		return "";
	return arena_printf(text->arena, " at 0x%" PRIx64, base);
}

static void show_unit(struct text *text, const struct dma_unit *unit, const struct ivrs *ivrs)
{
	const char *name = dma_unit_name(unit);

	text_paragraph(text, INDENT, TEXT_PLAIN, "%s (%s%s%s): %s", name ? name : "not running",
		       iommu_kind_name(unit->kind), place_of(text, unit),
		       width_of(text, unit, ivrs),
		       list_names(text, unit->functions, unit->function_count));
}

static const char *effect_of(const struct reserved_region *region)
{
	switch (region->effect) {
	case RESERVED_HARMLESS:
		return "harmless to";
	case RESERVED_BLOCKS:
		return "blocks";
	case RESERVED_EFFECT_UNKNOWN:
		return "may block";
	}
	return "may block";
}

static void show_region(struct text *text, const struct reserved_region *region)
{
	text_paragraph(text, INDENT, region->effect == RESERVED_BLOCKS ? TEXT_YELLOW : TEXT_PLAIN,
		       "0x%" PRIx64 "-0x%" PRIx64 " (%s) %s %s", region->start, region->end,
		       reserved_kind_name(region->kind), effect_of(region),
		       list_names(text, region->functions, region->function_count));
}

void text_iommu(struct text *text, const struct model *model)
{
	const struct dma_units *units = &model->dma_units;
	const struct reserved_memory *memory = &model->reserved_memory;

	if (units->count)
		text_heading(text, "IOMMUs");
	for (size_t i = 0; i < units->count; i++)
		show_unit(text, &units->units[i], units->ivrs);
	if (memory->count)
		text_heading(text, "Memory that firmware reserves");
	for (size_t i = 0; i < memory->count; i++)
		show_region(text, &memory->regions[i]);
}

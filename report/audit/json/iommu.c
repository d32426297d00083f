/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/iommu_registers.h"
#include "report/audit/json/elements.h"

static struct json_item *function_names(struct json *json,
					const struct pci_function *const *functions, size_t count)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < count; i++)
		json_add_text(json, array, NULL, functions[i]->name);
	return array;
}

/* Names of the features that the unit has; null where none of its registers was read. */
static void add_features(struct json *json, struct json_item *object,
			 const struct iommu_registers *registers)
{
	struct json_item *array = NULL;

	for (size_t i = 0; i < IOMMU_FEATURE_COUNT; i++) {
		bool has;
		if (!iommu_has_feature(registers, (enum iommu_feature)i, &has))
			continue;
		if (!array)
			array = json_array(json);
		if (has)
			json_add_text(json, array, NULL, iommu_feature_name((enum iommu_feature)i));
	}
	if (array)
		json_add(json, object, "features", array);
	else
		json_add_null(json, object, "features");
}

static void add_registers(struct json *json, struct json_item *object, const struct dma_unit *unit,
			  const struct ivrs *ivrs)
{
	struct iommu_registers registers;
	bool remaps;

	iommu_registers_read(unit, ivrs, &registers);
	unsigned width = iommu_address_width(&registers);
	if (iommu_has_feature(&registers, IOMMU_INTERRUPT_REMAPPING, &remaps))
		json_add_bool(json, object, "interrupt_remapping", remaps);
	else
		json_add_null(json, object, "interrupt_remapping");
	if (width)
		json_add_integer(json, object, "address_width", width);
	else
		json_add_null(json, object, "address_width");
	add_features(json, object, &registers);
}

static void add_viommu_place(struct json *json, struct json_item *object,
			     const struct viot_node *viommu)
{
	if (viommu->type == VIOT_IOMMU_PCI) {
		json_add_integer(json, object, "segment", viommu->segment);
		json_add_null(json, object, "base");
		return;
	}
	json_add_null(json, object, "segment");
	json_add_hex(json, object, "base", viommu->base, 8);
}

static void add_place(struct json *json, struct json_item *object, const struct dma_unit *unit)
{
	if (unit->drhd) {
		json_add_integer(json, object, "segment", unit->drhd->segment);
		json_add_hex(json, object, "base", unit->drhd->base, 8);
		json_add_bool(json, object, "include_all",
			      unit->drhd->flags & DMAR_INCLUDE_PCI_ALL);
		return;
	}
	if (unit->ivhd) {
		json_add_integer(json, object, "segment", unit->ivhd->segment);
		json_add_hex(json, object, "base", unit->ivhd->base, 8);
	} else if (unit->smmu) {
		json_add_null(json, object, "segment");
		json_add_hex(json, object, "base", unit->smmu->base, 8);
	} else if (unit->viommu) {
		add_viommu_place(json, object, unit->viommu);
	} else {
		json_add_null(json, object, "segment");
		json_add_fact_hex(json, object, "base", &unit->running->address, 8);
	}
	json_add_null(json, object, "include_all");
}

static struct json_item *unit_object(struct json *json, const struct dma_unit *unit,
				     const struct ivrs *ivrs)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "name", dma_unit_name(unit));
	json_add_text(json, object, "kind", iommu_kind_name(unit->kind));
	add_place(json, object, unit);
	add_registers(json, object, unit, ivrs);
	json_add(json, object, "functions",
		 function_names(json, unit->functions, unit->function_count));
	return object;
}

static struct json_item *units_array(struct json *json, const struct dma_units *units)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < units->count; i++)
		json_add(json, array, NULL, unit_object(json, &units->units[i], units->ivrs));
	return array;
}

static struct json_item *region_object(struct json *json, const struct reserved_region *region)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "kind", reserved_kind_name(region->kind));
	json_add_hex(json, object, "start", region->start, 8);
	json_add_hex(json, object, "end", region->end, 8);
	json_add(json, object, "functions",
		 function_names(json, region->functions, region->function_count));
	if (region->effect == RESERVED_EFFECT_UNKNOWN)
		json_add_null(json, object, "blocks_assignment");
	else
		json_add_bool(json, object, "blocks_assignment", region->effect == RESERVED_BLOCKS);
	return object;
}

static struct json_item *regions_array(struct json *json, const struct reserved_memory *memory)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < memory->count; i++)
		json_add(json, array, NULL, region_object(json, &memory->regions[i]));
	return array;
}

struct json_item *json_iommu(struct json *json, const struct model *model)
{
	struct json_item *object = json_object(json);

	json_add(json, object, "units", units_array(json, &model->dma_units));
	json_add(json, object, "reserved_regions", regions_array(json, &model->reserved_memory));
	json_add(json, object, "dmar", json_dmar(json, model->dma_units.dmar));
	json_add(json, object, "ivrs", json_ivrs(json, model->dma_units.ivrs));
	json_add(json, object, "iort", json_iort(json, model->dma_units.iort));
	json_add(json, object, "viot", json_viot(json, model->dma_units.viot));
	return object;
}

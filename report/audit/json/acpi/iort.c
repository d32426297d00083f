/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/audit/json/elements.h"

static struct json_item *mapping_object(struct json *json, const struct iort_mapping *mapping)
{
	struct json_item *object = json_object(json);

	json_add_hex(json, object, "input_base", mapping->input_base, 4);
	json_add_integer(json, object, "id_count", mapping->id_count);
	json_add_hex(json, object, "output_base", mapping->output_base, 4);
	json_add_hex(json, object, "reference", mapping->reference, 4);
	json_add_hex(json, object, "flags", mapping->flags, 1);
	return object;
}

static void add_its_group(struct json *json, struct json_item *object, const struct iort_node *node)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < node->its_count; i++)
		json_add_integer(json, array, NULL, node->its[i]);
	json_add(json, object, "its", array);
}

static void add_named_component(struct json *json, struct json_item *object,
				const struct iort_node *node)
{
	json_add_hex(json, object, "flags", node->flags, 8);
	json_add_hex(json, object, "memory_properties", node->memory_properties, 16);
	json_add_integer(json, object, "address_limit", node->address_limit);
	json_add_text(json, object, "device_name", node->device_name);
}

static void add_root_complex(struct json *json, struct json_item *object,
			     const struct iort_node *node)
{
	json_add_hex(json, object, "memory_properties", node->memory_properties, 16);
	json_add_hex(json, object, "ats_attribute", node->ats_attribute, 8);
	json_add_integer(json, object, "segment", node->segment);
	json_add_integer(json, object, "address_limit", node->address_limit);
	json_add_hex(json, object, "pasid", node->pasid, 4);
}

static void add_smmu_v2(struct json *json, struct json_item *object, const struct iort_node *node)
{
	json_add_hex(json, object, "base", node->base, 8);
	json_add_hex(json, object, "span", node->span, 8);
	json_add_integer(json, object, "model", node->model);
	json_add_hex(json, object, "flags", node->flags, 8);
	json_add_integer(json, object, "context_interrupts", node->context_interrupt_count);
	json_add_integer(json, object, "pmu_interrupts", node->pmu_interrupt_count);
}

static void add_smmu_v3(struct json *json, struct json_item *object, const struct iort_node *node)
{
	json_add_hex(json, object, "base", node->base, 8);
	json_add_hex(json, object, "flags", node->flags, 8);
	json_add_hex(json, object, "vatos", node->vatos, 8);
	json_add_integer(json, object, "model", node->model);
	json_add_integer(json, object, "event_interrupt", node->event_interrupt);
	json_add_integer(json, object, "pri_interrupt", node->pri_interrupt);
	json_add_integer(json, object, "error_interrupt", node->error_interrupt);
	json_add_integer(json, object, "sync_interrupt", node->sync_interrupt);
	json_add_integer(json, object, "proximity_domain", node->proximity_domain);
	json_add_integer(json, object, "id_mapping_index", node->id_mapping_index);
}

static void add_pmcg(struct json *json, struct json_item *object, const struct iort_node *node)
{
	json_add_hex(json, object, "base", node->base, 8);
	json_add_hex(json, object, "page1", node->page1, 8);
	json_add_integer(json, object, "overflow_interrupt", node->overflow_interrupt);
	json_add_hex(json, object, "reference", node->reference, 4);
}

static void add_rmr(struct json *json, struct json_item *object, const struct iort_node *node)
{
	struct json_item *array = json_array(json);

	json_add_hex(json, object, "flags", node->flags, 8);
	for (size_t i = 0; i < node->region_count; i++) {
		struct json_item *region = json_object(json);
		json_add_hex(json, region, "base", node->regions[i].base, 8);
		json_add_hex(json, region, "length", node->regions[i].length, 8);
		json_add(json, array, NULL, region);
	}
	json_add(json, object, "ranges", array);
}

static void add_content(struct json *json, struct json_item *object, const struct iort_node *node)
{
	static void (*const adders[])(struct json * json, struct json_item * object,
				      const struct iort_node *node) = {
		[IORT_ITS_GROUP] = add_its_group,
		[IORT_NAMED_COMPONENT] = add_named_component,
		[IORT_ROOT_COMPLEX] = add_root_complex,
		[IORT_SMMU_V2] = add_smmu_v2,
		[IORT_SMMU_V3] = add_smmu_v3,
		[IORT_PMCG] = add_pmcg,
		[IORT_RMR] = add_rmr,
	};
	ASSERT_COVERS(adders, IORT_TYPE_COUNT);

	if (node->complete)
		adders[node->type](json, object, node);
}

static struct json_item *node_object(struct json *json, const struct iort_node *node)
{
	struct json_item *object = json_object(json), *array = json_array(json);

	json_add_integer(json, object, "type", node->type);
	json_add_text(json, object, "type_name", iort_type_name(node->type));
	json_add_hex(json, object, "offset", node->offset, 4);
	json_add_integer(json, object, "bytes", node->length);
	json_add_integer(json, object, "revision", node->revision);
	json_add_integer(json, object, "identifier", node->identifier);
	add_content(json, object, node);
	for (size_t i = 0; i < node->mapping_count; i++)
		json_add(json, array, NULL, mapping_object(json, &node->mappings[i]));
	json_add(json, object, "mappings", array);
	return object;
}

struct json_item *json_iort(struct json *json, const struct iort *iort)
{
	if (!iort)
		return json_null(json);
	struct json_item *object = json_object(json), *array = json_array(json);
	json_add_acpi_header(json, object, &iort->header);
	for (size_t i = 0; i < iort->count; i++)
		json_add(json, array, NULL, node_object(json, &iort->nodes[i]));
	json_add(json, object, "nodes", array);
	return object;
}

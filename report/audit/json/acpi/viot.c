/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/json/elements.h"

static void add_pci_range(struct json *json, struct json_item *object, const struct viot_node *node)
{
	json_add_integer(json, object, "endpoint", node->endpoint);
	json_add_integer(json, object, "first_segment", node->first_segment);
	json_add_integer(json, object, "last_segment", node->last_segment);
	json_add_hex(json, object, "first_requester_id", node->first_id, 4);
	json_add_hex(json, object, "last_requester_id", node->last_id, 4);
	json_add_integer(json, object, "output_node", node->output_node);
}

static void add_mmio_endpoint(struct json *json, struct json_item *object,
			      const struct viot_node *node)
{
	json_add_integer(json, object, "endpoint", node->endpoint);
	json_add_hex(json, object, "base", node->base, 8);
	json_add_integer(json, object, "output_node", node->output_node);
}

static void add_iommu(struct json *json, struct json_item *object, const struct viot_node *node)
{
	if (node->type == VIOT_IOMMU_MMIO) {
		json_add_hex(json, object, "base", node->base, 8);
		return;
	}
	json_add_integer(json, object, "segment", node->segment);
	json_add_hex(json, object, "requester_id", node->requester_id, 4);
}

static struct json_item *node_object(struct json *json, const struct viot_node *node)
{
	struct json_item *object = json_object(json);

	json_add_integer(json, object, "type", node->type);
	json_add_text(json, object, "type_name", viot_type_name(node->type));
	json_add_hex(json, object, "offset", node->offset, 4);
	json_add_integer(json, object, "bytes", node->length);
	if (!node->complete)
		return object;
	if (viot_is_iommu(node->type))
		add_iommu(json, object, node);
	else if (node->type == VIOT_PCI_RANGE)
		add_pci_range(json, object, node);
	else
		add_mmio_endpoint(json, object, node);
	return object;
}

struct json_item *json_viot(struct json *json, const struct viot *viot)
{
	if (!viot)
		return json_null(json);
	struct json_item *object = json_object(json), *array = json_array(json);
	json_add_acpi_header(json, object, &viot->header);
	for (size_t i = 0; i < viot->count; i++)
		json_add(json, array, NULL, node_object(json, &viot->nodes[i]));
	json_add(json, object, "nodes", array);
	return object;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/viot.h"

#include <errno.h>
#include <string.h>

#include "host/base/array.h"

enum {
	CHECKSUM_OFFSET = 9,
	VIOT_HEADER_SIZE = 48,
	NODE_COUNT_OFFSET = 36,
	NODE_OFFSET_OFFSET = 38,
	NODE_HEAD_SIZE = 4,
	NODE_LENGTH_OFFSET = 2,
};

static const size_t fixed_sizes[] = {
	[VIOT_PCI_RANGE] = 24,
	[VIOT_MMIO_ENDPOINT] = 24,
	[VIOT_IOMMU_PCI] = 16,
	[VIOT_IOMMU_MMIO] = 16,
};

ASSERT_COVERS(fixed_sizes, VIOT_TYPE_END);

static const char *const type_names[] = {
	[VIOT_PCI_RANGE] = "pci-range",
	[VIOT_MMIO_ENDPOINT] = "mmio-endpoint",
	[VIOT_IOMMU_PCI] = "virtio-iommu-pci",
	[VIOT_IOMMU_MMIO] = "virtio-iommu-mmio",
};

ASSERT_COVERS(type_names, VIOT_TYPE_END);

/* drivers/acpi/viot.c: viot_check_bounds(), viot_parse_node(), viot_get_iommu(). A wrong checksum
 * is one of ACPICA's warnings. */
static const enum acpi_consequence consequences[] = {
	[VIOT_BAD_CHECKSUM] = ACPI_USED_ANYWAY, [VIOT_TRAILING_BYTES] = ACPI_BAD_CAPTURE,
	[VIOT_OUTSIDE] = ACPI_REST_IGNORED,     [VIOT_EMPTY_NODE] = ACPI_REST_IGNORED,
	[VIOT_PAST_END] = ACPI_UNDEFINED,       [VIOT_SHORT_NODE] = ACPI_REST_IGNORED,
	[VIOT_UNKNOWN_NODE] = ACPI_IGNORED,     [VIOT_NO_IOMMU] = ACPI_IGNORED,
	[VIOT_TOO_MANY] = ACPI_NOT_JUDGED,
};

ASSERT_COVERS(consequences, VIOT_DEFECT_COUNT);

static bool is_known(uint8_t type)
{
	return type >= VIOT_PCI_RANGE && type < VIOT_TYPE_END;
}

static bool is_endpoint(uint8_t type)
{
	return type == VIOT_PCI_RANGE || type == VIOT_MMIO_ENDPOINT;
}

static void decode_content(const struct acpi_span *span, struct viot_node *node)
{
	switch ((enum viot_type)node->type) {
	case VIOT_PCI_RANGE:
		node->endpoint = acpi_read32(span, 4);
		node->first_segment = acpi_read16(span, 8);
		node->last_segment = acpi_read16(span, 10);
		node->first_id = acpi_read16(span, 12);
		node->last_id = acpi_read16(span, 14);
		node->output_node = acpi_read16(span, 16);
		break;
	case VIOT_MMIO_ENDPOINT:
		node->endpoint = acpi_read32(span, 4);
		node->base = acpi_read64(span, 8);
		node->output_node = acpi_read16(span, 16);
		break;
	case VIOT_IOMMU_PCI:
		node->segment = acpi_read16(span, 4);
		node->requester_id = acpi_read16(span, 6);
		break;
	case VIOT_IOMMU_MMIO:
		node->base = acpi_read64(span, 8);
		break;
	case VIOT_TYPE_END:
		break;
	}
}

static void report(struct viot *viot, enum viot_defect defect, size_t offset, uint64_t value)
{
	acpi_defect_add(&viot->defects, (int)defect, offset, value);
}

/* Records what is wrong with a node. Returns whether the kernel goes on behind it. */
static bool check_node(struct viot *viot, const struct acpi_span *table,
		       const struct viot_node *node)
{
	size_t at = node->offset;

	if (at < VIOT_HEADER_SIZE || at + NODE_HEAD_SIZE > table->length)
		report(viot, VIOT_OUTSIDE, at, viot->node_count);
	else if (node->length < NODE_HEAD_SIZE)
		report(viot, VIOT_EMPTY_NODE, at, node->length);
	else if (node->length > table->length - at)
		report(viot, VIOT_PAST_END, at, node->length);
	else if (is_endpoint(node->type) && node->length < fixed_sizes[node->type])
		report(viot, VIOT_SHORT_NODE, at, node->length);
	else
		return true;
	return false;
}

static bool decode_node(struct viot *viot, const struct acpi_span *table, size_t at,
			struct viot_node *ret)
{
	*ret = (struct viot_node){
		.type = acpi_read8(table, at),
		.length = acpi_read16(table, at + NODE_LENGTH_OFFSET),
		.offset = at,
	};
	if (!check_node(viot, table, ret))
		return false;
	if (!is_known(ret->type)) {
		report(viot, VIOT_UNKNOWN_NODE, at, ret->type);
		return true;
	}
	/* The kernel asks for the length of an IOMMU where an endpoint names it. */
	ret->complete = ret->length >= fixed_sizes[ret->type];
	if (ret->complete) {
		struct acpi_span span = acpi_slice(table, at, ret->length);
		decode_content(&span, ret);
	}
	return true;
}

static void walk_nodes(struct viot *viot, struct arena *arena, const struct acpi_span *table)
{
	size_t at = acpi_read16(table, NODE_OFFSET_OFFSET), capacity = 0;

	while (viot->count < viot->node_count) {
		struct viot_node node;
		if (viot->count == VIOT_MOST_NODES) {
			report(viot, VIOT_TOO_MANY, at, viot->node_count);
			return;
		}
		if (!decode_node(viot, table, at, &node))
			return;
		struct viot_node *nodes =
			arena_grow(arena, viot->nodes, viot->count, &capacity, sizeof(*nodes));
		if (!nodes)
			return;
		viot->nodes = nodes;
		nodes[viot->count++] = node;
		at += node.length;
	}
}

/* Nodes come in the order of their offsets. */
static const struct viot_node *iommu_at(const struct viot *viot, size_t offset)
{
	size_t low = 0, high = viot->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct viot_node *node = &viot->nodes[middle];
		if (node->offset == offset)
			return viot_is_iommu(node->type) && node->complete ? node : NULL;
		if (node->offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void resolve(struct viot *viot)
{
	for (size_t i = 0; i < viot->count; i++) {
		struct viot_node *node = &viot->nodes[i];
		if (!is_endpoint(node->type))
			continue;
		node->iommu = iommu_at(viot, node->output_node);
		if (!node->iommu)
			report(viot, VIOT_NO_IOMMU, node->offset, node->output_node);
	}
}

int viot_decode(struct arena *arena, const uint8_t *bytes, size_t length, struct viot *ret)
{
	struct acpi_header header;
	int result = acpi_header_decode(bytes, length, &header);

	if (result < 0)
		return result;
	*ret = (struct viot){.header = header};
	ret->intact = header.length_ok && header.length >= VIOT_HEADER_SIZE &&
		      strcmp(header.signature, "VIOT") == 0;
	if (!ret->intact)
		return 0;
	struct acpi_span table = {.bytes = bytes, .length = header.length};
	ret->node_count = acpi_read16(&table, NODE_COUNT_OFFSET);
	if (!header.checksum_ok)
		report(ret, VIOT_BAD_CHECKSUM, CHECKSUM_OFFSET,
		       acpi_read8(&table, CHECKSUM_OFFSET));
	if (length > header.length)
		report(ret, VIOT_TRAILING_BYTES, header.length, length - header.length);
	walk_nodes(ret, arena, &table);
	resolve(ret);
	return 0;
}

enum acpi_consequence viot_consequence(enum viot_defect defect)
{
	return consequences[defect];
}

bool viot_is_iommu(uint8_t type)
{
	return type == VIOT_IOMMU_PCI || type == VIOT_IOMMU_MMIO;
}

const char *viot_type_name(uint8_t type)
{
	return is_known(type) ? type_names[type] : "unknown";
}

static bool holds(const struct viot_node *node, uint32_t segment, uint16_t requester_id)
{
	return node->type == VIOT_PCI_RANGE && node->iommu && segment >= node->first_segment &&
	       segment <= node->last_segment && requester_id >= node->first_id &&
	       requester_id <= node->last_id;
}

const struct viot_node *viot_find_iommu(const struct viot *viot, uint32_t segment,
					uint16_t requester_id)
{
	for (size_t i = viot->count; i > 0; i--) {
		if (holds(&viot->nodes[i - 1], segment, requester_id))
			return viot->nodes[i - 1].iommu;
	}
	return NULL;
}

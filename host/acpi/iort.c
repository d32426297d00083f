/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/iort.h"

#include <errno.h>
#include <string.h>

#include "host/base/array.h"

enum {
	CHECKSUM_OFFSET = 9,
	IORT_HEADER_SIZE = 48,
	NODE_COUNT_OFFSET = 36,
	NODE_OFFSET_OFFSET = 40,
	NODE_HEAD_SIZE = 16,
	MAPPING_SIZE = 20,
	REGION_SIZE = 20,
	ITS_SIZE = 4,
	DEVICE_NAME_OFFSET = 29,
};

/* What the kernel reads of a node without asking for its length; revisions after the first only
 * add. */
static const size_t fixed_sizes[] = {
	[IORT_ITS_GROUP] = 20, [IORT_NAMED_COMPONENT] = 30, [IORT_ROOT_COMPLEX] = 32,
	[IORT_SMMU_V2] = 60,   [IORT_SMMU_V3] = 60,         [IORT_PMCG] = 32,
	[IORT_RMR] = 28,
};

ASSERT_COVERS(fixed_sizes, IORT_TYPE_COUNT);

static const char *const type_names[] = {
	[IORT_ITS_GROUP] = "its-group",
	[IORT_NAMED_COMPONENT] = "named-component",
	[IORT_ROOT_COMPLEX] = "root-complex",
	[IORT_SMMU_V2] = "smmu-v2",
	[IORT_SMMU_V3] = "smmu-v3",
	[IORT_PMCG] = "pmcg",
	[IORT_RMR] = "rmr",
};

ASSERT_COVERS(type_names, IORT_TYPE_COUNT);

/* drivers/acpi/arm64/iort.c: iort_scan_node(), iort_node_map_id(), iort_node_get_rmr_info(). A
 * wrong checksum is one of ACPICA's warnings. */
static const enum acpi_consequence consequences[] = {
	[IORT_BAD_CHECKSUM] = ACPI_USED_ANYWAY, [IORT_TRAILING_BYTES] = ACPI_BAD_CAPTURE,
	[IORT_BAD_OFFSET] = ACPI_UNDEFINED,     [IORT_ZERO_LENGTH] = ACPI_REST_IGNORED,
	[IORT_PAST_END] = ACPI_UNDEFINED,       [IORT_TOO_FEW_NODES] = ACPI_USED_ANYWAY,
	[IORT_SHORT_NODE] = ACPI_UNDEFINED,     [IORT_UNKNOWN_NODE] = ACPI_IGNORED,
	[IORT_BAD_MAPPINGS] = ACPI_UNDEFINED,   [IORT_NULL_REFERENCE] = ACPI_IGNORED,
	[IORT_BAD_REFERENCE] = ACPI_UNDEFINED,  [IORT_BAD_LIST] = ACPI_UNDEFINED,
	[IORT_UNMAPPED_RMR] = ACPI_IGNORED,     [IORT_TOO_MANY] = ACPI_NOT_JUDGED,
};

ASSERT_COVERS(consequences, IORT_DEFECT_COUNT);

/* A table on its way into memory. */
struct decoder {
	struct arena *arena;
	struct iort *iort;
	size_t items; /* mappings, identifiers and ranges of all nodes so far */
};

static void report(struct decoder *decoder, enum iort_defect defect, size_t offset, uint64_t value)
{
	acpi_defect_add(&decoder->iort->defects, (int)defect, offset, value);
}

/* Returns the part of a node that a list of count items takes; one that is empty where it leaves
 * the node, or has more items than are looked at. */
static struct acpi_span list_of(struct decoder *decoder, const struct acpi_span *node,
				size_t offset, uint64_t count, size_t size, enum iort_defect defect)
{
	if (count > IORT_MOST_ITEMS - decoder->items) {
		report(decoder, IORT_TOO_MANY, node->offset, count);
		return (struct acpi_span){0};
	}
	struct acpi_span list = acpi_slice(node, offset, count * size);
	if (list.length < count * size) {
		report(decoder, defect, node->offset, count);
		return (struct acpi_span){0};
	}
	decoder->items += count;
	return list;
}

static void decode_mappings(struct decoder *decoder, const struct acpi_span *span,
			    struct iort_node *node)
{
	uint32_t count = acpi_read32(span, 8), offset = acpi_read32(span, 12);

	/* iort_node_map_id() takes a node without either for one without mappings. */
	if (!count || !offset)
		return;
	struct acpi_span list =
		list_of(decoder, span, offset, count, MAPPING_SIZE, IORT_BAD_MAPPINGS);
	if (!list.length)
		return;
	node->mappings = arena_array(decoder->arena, count, sizeof(*node->mappings));
	if (!node->mappings)
		return;
	for (size_t at = 0; at < list.length; at += MAPPING_SIZE)
		node->mappings[node->mapping_count++] = (struct iort_mapping){
			.input_base = acpi_read32(&list, at),
			.id_count = acpi_read32(&list, at + 4),
			.output_base = acpi_read32(&list, at + 8),
			.reference = acpi_read32(&list, at + 12),
			.flags = acpi_read32(&list, at + 16),
		};
}

static void decode_its_group(struct decoder *decoder, const struct acpi_span *span,
			     struct iort_node *node)
{
	uint32_t count = acpi_read32(span, 16);
	struct acpi_span list = list_of(decoder, span, 20, count, ITS_SIZE, IORT_BAD_LIST);

	if (!list.length)
		return;
	node->its = arena_array(decoder->arena, count, sizeof(*node->its));
	if (!node->its)
		return;
	for (size_t at = 0; at < list.length; at += ITS_SIZE)
		node->its[node->its_count++] = acpi_read32(&list, at);
}

static void decode_named_component(struct decoder *decoder, const struct acpi_span *span,
				   struct iort_node *node)
{
	const char *name = (const char *)span->bytes + DEVICE_NAME_OFFSET;
	size_t length = strnlen(name, span->length - DEVICE_NAME_OFFSET);

	node->flags = acpi_read32(span, 16);
	node->memory_properties = acpi_read64(span, 20);
	node->address_limit = acpi_read8(span, 28);
	node->device_name = arena_copy(decoder->arena, name, length);
	if (length == span->length - DEVICE_NAME_OFFSET)
		report(decoder, IORT_BAD_LIST, span->offset, length);
}

static void decode_root_complex(const struct acpi_span *span, struct iort_node *node)
{
	node->memory_properties = acpi_read64(span, 16);
	node->ats_attribute = acpi_read32(span, 24);
	node->segment = acpi_read32(span, 28);
	/* Revision 1 brought the one, revision 3 the other. */
	if (node->revision >= 1)
		node->address_limit = acpi_read8(span, 32);
	if (node->revision >= 3)
		node->pasid = acpi_read16(span, 33);
}

static void decode_smmu_v2(const struct acpi_span *span, struct iort_node *node)
{
	node->base = acpi_read64(span, 16);
	node->span = acpi_read64(span, 24);
	node->model = acpi_read32(span, 32);
	node->flags = acpi_read32(span, 36);
	node->global_interrupt_offset = acpi_read32(span, 40);
	node->context_interrupt_count = acpi_read32(span, 44);
	node->pmu_interrupt_count = acpi_read32(span, 52);
}

static void decode_smmu_v3(const struct acpi_span *span, struct iort_node *node)
{
	node->base = acpi_read64(span, 16);
	node->flags = acpi_read32(span, 24);
	node->vatos = acpi_read64(span, 32);
	node->model = acpi_read32(span, 40);
	node->event_interrupt = acpi_read32(span, 44);
	node->pri_interrupt = acpi_read32(span, 48);
	node->error_interrupt = acpi_read32(span, 52);
	node->sync_interrupt = acpi_read32(span, 56);
	if (node->revision >= 1) {
		node->proximity_domain = acpi_read32(span, 60);
		node->id_mapping_index = acpi_read32(span, 64);
	}
}

static void decode_pmcg(const struct acpi_span *span, struct iort_node *node)
{
	node->base = acpi_read64(span, 16);
	node->overflow_interrupt = acpi_read32(span, 24);
	node->reference = acpi_read32(span, 28);
	if (node->revision >= 1)
		node->page1 = acpi_read64(span, 32);
}

static void decode_rmr(struct decoder *decoder, const struct acpi_span *span,
		       struct iort_node *node)
{
	uint32_t count = acpi_read32(span, 20), offset = acpi_read32(span, 24);

	node->flags = acpi_read32(span, 16);
	if (!node->mapping_count)
		report(decoder, IORT_UNMAPPED_RMR, span->offset, count);
	struct acpi_span list = list_of(decoder, span, offset, count, REGION_SIZE, IORT_BAD_LIST);
	if (!list.length)
		return;
	node->regions = arena_array(decoder->arena, count, sizeof(*node->regions));
	if (!node->regions)
		return;
	for (size_t at = 0; at < list.length; at += REGION_SIZE)
		node->regions[node->region_count++] =
			(struct iort_region){acpi_read64(&list, at), acpi_read64(&list, at + 8)};
}

static void decode_content(struct decoder *decoder, const struct acpi_span *span,
			   struct iort_node *node)
{
	switch ((enum iort_type)node->type) {
	case IORT_ITS_GROUP:
		decode_its_group(decoder, span, node);
		break;
	case IORT_NAMED_COMPONENT:
		decode_named_component(decoder, span, node);
		break;
	case IORT_ROOT_COMPLEX:
		decode_root_complex(span, node);
		break;
	case IORT_SMMU_V2:
		decode_smmu_v2(span, node);
		break;
	case IORT_SMMU_V3:
		decode_smmu_v3(span, node);
		break;
	case IORT_PMCG:
		decode_pmcg(span, node);
		break;
	case IORT_RMR:
		decode_rmr(decoder, span, node);
		break;
	case IORT_TYPE_COUNT:
		break;
	}
}

static struct iort_node decode_node(struct decoder *decoder, const struct acpi_span *span)
{
	struct iort_node node = {
		.type = acpi_read8(span, 0),
		.length = acpi_read16(span, 1),
		.revision = acpi_read8(span, 3),
		.identifier = acpi_read32(span, 4),
		.offset = span->offset,
	};

	if (node.type >= IORT_TYPE_COUNT) {
		report(decoder, IORT_UNKNOWN_NODE, span->offset, node.type);
		return node;
	}
	node.complete = span->length >= fixed_sizes[node.type];
	if (!node.complete) {
		report(decoder, IORT_SHORT_NODE, span->offset, span->length);
		return node;
	}
	decode_mappings(decoder, span, &node);
	decode_content(decoder, span, &node);
	return node;
}

/* Returns the length of the node at a place, or 0 at the end of what can be decoded. */
static size_t node_length(struct decoder *decoder, const struct acpi_span *table, size_t at)
{
	size_t length = acpi_read16(table, at + 1);

	if (at >= table->length)
		report(decoder, IORT_TOO_FEW_NODES, at, decoder->iort->node_count);
	else if (table->length - at < NODE_HEAD_SIZE || table->length - at < length)
		report(decoder, IORT_PAST_END, at, length);
	else if (length == 0)
		report(decoder, IORT_ZERO_LENGTH, at, 0);
	else if (decoder->iort->count == IORT_MOST_NODES)
		report(decoder, IORT_TOO_MANY, at, IORT_MOST_NODES);
	else
		return length;
	return 0;
}

static void walk_nodes(struct decoder *decoder, const struct acpi_span *table, size_t at)
{
	struct iort *iort = decoder->iort;
	size_t capacity = 0;

	while (iort->count < iort->node_count) {
		size_t length = node_length(decoder, table, at);
		if (!length)
			return;
		struct acpi_span span = acpi_slice(table, at, length);
		struct iort_node *nodes = arena_grow(decoder->arena, iort->nodes, iort->count,
						     &capacity, sizeof(*nodes));
		if (!nodes)
			return;
		iort->nodes = nodes;
		nodes[iort->count++] = decode_node(decoder, &span);
		at += length;
	}
}

/* Nodes come in the order of their offsets. */
static const struct iort_node *node_at(const struct iort *iort, size_t offset)
{
	size_t low = 0, high = iort->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (iort->nodes[middle].offset == offset)
			return &iort->nodes[middle];
		if (iort->nodes[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void resolve(struct decoder *decoder, struct iort_node *node)
{
	for (size_t i = 0; i < node->mapping_count; i++) {
		struct iort_mapping *mapping = &node->mappings[i];
		mapping->target = node_at(decoder->iort, mapping->reference);
		if (!mapping->reference)
			report(decoder, IORT_NULL_REFERENCE, node->offset, i);
		else if (!mapping->target)
			report(decoder, IORT_BAD_REFERENCE, node->offset, mapping->reference);
	}
}

int iort_decode(struct arena *arena, const uint8_t *bytes, size_t length, struct iort *ret)
{
	struct decoder decoder = {.arena = arena, .iort = ret};
	struct acpi_header header;
	int result = acpi_header_decode(bytes, length, &header);

	if (result < 0)
		return result;
	*ret = (struct iort){.header = header};
	ret->intact = header.length_ok && header.length >= IORT_HEADER_SIZE &&
		      strcmp(header.signature, "IORT") == 0;
	if (!ret->intact)
		return 0;
	struct acpi_span table = {.bytes = bytes, .length = header.length};
	uint32_t first = acpi_read32(&table, NODE_OFFSET_OFFSET);
	ret->node_count = acpi_read32(&table, NODE_COUNT_OFFSET);
	if (!header.checksum_ok)
		report(&decoder, IORT_BAD_CHECKSUM, CHECKSUM_OFFSET,
		       acpi_read8(&table, CHECKSUM_OFFSET));
	if (length > header.length)
		report(&decoder, IORT_TRAILING_BYTES, header.length, length - header.length);
	if (first < IORT_HEADER_SIZE || (ret->node_count && first >= header.length))
		report(&decoder, IORT_BAD_OFFSET, NODE_OFFSET_OFFSET, first);
	else
		walk_nodes(&decoder, &table, first);
	for (size_t i = 0; i < ret->count; i++)
		resolve(&decoder, &ret->nodes[i]);
	return 0;
}

enum acpi_consequence iort_consequence(enum iort_defect defect)
{
	return consequences[defect];
}

bool iort_is_smmu(uint8_t type)
{
	return type == IORT_SMMU_V2 || type == IORT_SMMU_V3;
}

const char *iort_type_name(uint8_t type)
{
	return type < IORT_TYPE_COUNT ? type_names[type] : "unknown";
}

/* iort_match_node_callback(): a segment has one root complex, and the first counts. */
static const struct iort_node *find_root_complex(const struct iort *iort, uint32_t segment)
{
	for (size_t i = 0; i < iort->count; i++) {
		const struct iort_node *node = &iort->nodes[i];
		if (node->type == IORT_ROOT_COMPLEX && node->complete && node->segment == segment)
			return node;
	}
	return NULL;
}

static bool holds(const struct iort_mapping *mapping, uint32_t id)
{
	return id >= mapping->input_base && id - mapping->input_base <= mapping->id_count;
}

/* Some firmware gives the number of ids, and not one less: the last id of a range then counts only
 * where no other range has it. */
static bool is_certain(const struct iort_mapping *mapping, uint32_t id)
{
	return mapping->id_count == 0 || id - mapping->input_base != mapping->id_count;
}

/* Of SMMUs a mapping of that flag is for their own interrupts. */
static bool takes_any(const struct iort_node *node, const struct iort_mapping *mapping)
{
	return mapping->flags & IORT_SINGLE_MAPPING && !iort_is_smmu(node->type);
}

/* iort_id_map() over all mappings of a node. */
static const struct iort_mapping *find_mapping(const struct iort_node *node, uint32_t id)
{
	const struct iort_mapping *found = NULL;

	for (size_t i = 0; i < node->mapping_count; i++) {
		const struct iort_mapping *mapping = &node->mappings[i];
		if (takes_any(node, mapping))
			return mapping;
		if (mapping->flags & IORT_SINGLE_MAPPING)
			continue;
		if (!holds(mapping, id) || (found && id != mapping->input_base))
			continue;
		found = mapping;
		if (is_certain(mapping, id))
			break;
	}
	return found;
}

/* Returns the node that a node hands an id on to, and makes *id what that one knows it by; NULL
 * where the way ends. */
static const struct iort_node *hand_on(const struct iort_node *node, uint32_t *id)
{
	const struct iort_mapping *mapping = find_mapping(node, *id);

	/* The first mapping of a node must lead somewhere, or the kernel takes none of them. */
	if (!mapping || !node->mappings[0].reference || !mapping->target ||
	    !mapping->target->complete)
		return NULL;
	*id = mapping->output_base + (takes_any(node, mapping) ? 0 : *id - mapping->input_base);
	return mapping->target;
}

const struct iort_node *iort_find_smmu(const struct iort *iort, uint32_t segment,
				       uint16_t requester_id, uint32_t *ret_stream)
{
	const struct iort_node *root = find_root_complex(iort, segment);
	uint32_t id = requester_id;
	const struct iort_node *smmu = root ? hand_on(root, &id) : NULL;

	if (!smmu || !iort_is_smmu(smmu->type))
		return NULL;
	*ret_stream = id;
	return smmu;
}

const struct iort_node *iort_find_its(const struct iort *iort, uint32_t segment,
				      uint16_t requester_id)
{
	const struct iort_node *root = find_root_complex(iort, segment);
	uint32_t id = requester_id;
	const struct iort_node *node = root ? hand_on(root, &id) : NULL;

	if (node && iort_is_smmu(node->type))
		node = hand_on(node, &id);
	return node && node->type == IORT_ITS_GROUP && node->its_count ? node : NULL;
}

bool iort_rmr_is_for(const struct iort_node *rmr, const struct iort_node *smmu, uint32_t stream)
{
	for (size_t i = 0; i < rmr->mapping_count; i++) {
		const struct iort_mapping *mapping = &rmr->mappings[i];
		if (mapping->target == smmu && stream >= mapping->output_base &&
		    stream - mapping->output_base <= mapping->id_count)
			return true;
	}
	return false;
}

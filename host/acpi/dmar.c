/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/dmar.h"

#include <string.h>

#include "host/base/array.h"

enum {
	CHECKSUM_OFFSET = 9,
	DMAR_HEADER_SIZE = 48,
	WIDTH_OFFSET = 36,
	FLAGS_OFFSET = 37,
	STRUCTURE_HEAD_SIZE = 4,
	SCOPE_HEAD_SIZE = 6,
	PATH_SIZE = 2,
	LEAST_WIDTH_BYTE = 11, /* PAGE_SHIFT - 1: parse_dmar_table() */
	PAGE_BYTES = 4096,
};

struct layout {
	const char *name;
	size_t fixed; /* bytes before the scopes, or before a name */
	bool scopes;
};

static const struct layout layouts[] = {
	[DMAR_DRHD] = {.name = "drhd", .fixed = 16, .scopes = true},
	[DMAR_RMRR] = {.name = "rmrr", .fixed = 24, .scopes = true},
	[DMAR_ATSR] = {.name = "atsr", .fixed = 8, .scopes = true},
	[DMAR_RHSA] = {.name = "rhsa", .fixed = 20},
	[DMAR_ANDD] = {.name = "andd", .fixed = 8},
	[DMAR_SATC] = {.name = "satc", .fixed = 8, .scopes = true},
	[DMAR_SIDP] = {.name = "sidp", .fixed = 8, .scopes = true},
};

ASSERT_COVERS(layouts, DMAR_TYPE_COUNT);

static const char *const scope_names[] = {
	[DMAR_SCOPE_ENDPOINT] = "endpoint",   [DMAR_SCOPE_BRIDGE] = "bridge",
	[DMAR_SCOPE_IOAPIC] = "ioapic",       [DMAR_SCOPE_HPET] = "hpet",
	[DMAR_SCOPE_NAMESPACE] = "namespace",
};

ASSERT_COVERS(scope_names, DMAR_SCOPE_TYPE_COUNT);

/* drivers/iommu/intel/dmar.c: dmar_walk_remapping_entries() and the parsers that it calls. */
static const enum acpi_consequence consequences[] = {
	[DMAR_BAD_CHECKSUM] = ACPI_USED_ANYWAY,
	[DMAR_TRAILING_BYTES] = ACPI_BAD_CAPTURE,
	[DMAR_BAD_WIDTH] = ACPI_REFUSED,
	[DMAR_ZERO_LENGTH] = ACPI_REST_IGNORED,
	[DMAR_PAST_END] = ACPI_REFUSED,
	[DMAR_SHORT_STRUCTURE] = ACPI_UNDEFINED,
	[DMAR_BAD_SCOPE_LENGTH] = ACPI_UNDEFINED,
	[DMAR_UNKNOWN_SCOPE] = ACPI_IGNORED,
	[DMAR_NO_UNIT] = ACPI_REFUSED,
	[DMAR_NO_REGISTERS] = ACPI_REFUSED,
	[DMAR_FAR_REGISTERS] = ACPI_REFUSED,
	[DMAR_UNALIGNED_REGISTERS] = ACPI_USED_ANYWAY,
	[DMAR_SECOND_CATCH_ALL] = ACPI_USED_ANYWAY,
	[DMAR_DUPLICATE_UNIT] = ACPI_IGNORED,
	[DMAR_UNTERMINATED_NAME] = ACPI_REFUSED,
	[DMAR_UNKNOWN_AFFINITY] = ACPI_IGNORED,
	[DMAR_BAD_RESERVED_REGION] = ACPI_USED_ANYWAY,
	[DMAR_TOO_MANY] = ACPI_NOT_JUDGED,
};

ASSERT_COVERS(consequences, DMAR_DEFECT_COUNT);

/* A table on its way into memory. */
struct decoder {
	struct arena *arena;
	struct dmar *dmar;
	size_t capacity; /* of structures */
	size_t scopes;   /* of all structures so far */
};

static void report(struct decoder *decoder, enum dmar_defect defect, size_t offset, uint64_t value)
{
	acpi_defect_add(&decoder->dmar->defects, (int)defect, offset, value);
	decoder->dmar->refused |= consequences[defect] == ACPI_REFUSED;
}

static bool decode_path(struct decoder *decoder, const struct acpi_span *span,
			struct dmar_scope *scope)
{
	size_t depth = (span->length - SCOPE_HEAD_SIZE) / PATH_SIZE;
	struct dmar_path *path = arena_array(decoder->arena, depth + 1, sizeof(*path));

	if (!path)
		return false;
	for (size_t i = 0; i < depth; i++) {
		path[i].device = acpi_read8(span, SCOPE_HEAD_SIZE + i * PATH_SIZE);
		path[i].function = acpi_read8(span, SCOPE_HEAD_SIZE + i * PATH_SIZE + 1);
	}
	scope->path = path;
	scope->depth = depth;
	return true;
}

static bool decode_scope(struct decoder *decoder, const struct acpi_span *span,
			 struct dmar_scope *scope)
{
	*scope = (struct dmar_scope){
		.type = acpi_read8(span, 0),
		.flags = acpi_read8(span, 2),
		.enumeration_id = acpi_read8(span, 4),
		.start_bus = acpi_read8(span, 5),
	};
	if (!dmar_scope_name(scope->type))
		report(decoder, DMAR_UNKNOWN_SCOPE, span->offset, scope->type);
	return decode_path(decoder, span, scope);
}

/* Decodes the scopes that fill the rest of a structure from start on. */
static void decode_scopes(struct decoder *decoder, const struct acpi_span *span, size_t start,
			  struct dmar_structure *structure)
{
	struct dmar_scope *scopes = NULL;
	size_t capacity = 0;

	for (size_t at = start; at < span->length;) {
		size_t length = acpi_read8(span, at + 1);
		struct acpi_span entry = acpi_slice(span, at, length);
		if (length < SCOPE_HEAD_SIZE || entry.length < length) {
			report(decoder, DMAR_BAD_SCOPE_LENGTH, entry.offset, length);
			return;
		}
		if (decoder->scopes++ == DMAR_MOST_SCOPES) {
			report(decoder, DMAR_TOO_MANY, entry.offset, decoder->scopes);
			return;
		}
		scopes = arena_grow(decoder->arena, scopes, structure->scope_count, &capacity,
				    sizeof(*scopes));
		if (!scopes || !decode_scope(decoder, &entry, &scopes[structure->scope_count]))
			return;
		structure->scopes = scopes;
		structure->scope_count++;
		at += length;
	}
}

static bool names_earlier_unit(const struct dmar *dmar, uint64_t base)
{
	for (size_t i = 0; i < dmar->count; i++) {
		const struct dmar_structure *unit = &dmar->structures[i];
		if (unit->type == DMAR_DRHD && unit->complete && unit->base == base)
			return true;
	}
	return false;
}

static bool repeats_unit(const struct dmar *dmar, const struct dmar_structure *structure)
{
	for (size_t i = 0; i < dmar->count; i++) {
		const struct dmar_structure *unit = &dmar->structures[i];
		if (unit->type == DMAR_DRHD && unit->complete && unit->base == structure->base &&
		    unit->segment == structure->segment)
			return true;
	}
	return false;
}

/* Whether a unit before is for all functions of the segment, too. */
static bool repeats_catch_all(const struct dmar *dmar, const struct dmar_structure *structure)
{
	for (size_t i = 0; structure->flags & DMAR_INCLUDE_PCI_ALL && i < dmar->count; i++) {
		const struct dmar_structure *unit = &dmar->structures[i];
		if (unit->type == DMAR_DRHD && unit->complete &&
		    unit->flags & DMAR_INCLUDE_PCI_ALL && unit->segment == structure->segment)
			return true;
	}
	return false;
}

/* What lies there cannot be mapped, or reads as all ones: dmar_validate_one_drhd(). */
static bool is_far(const struct dmar *dmar, uint64_t base)
{
	return dmar->host_address_width < 64 && base >> dmar->host_address_width != 0;
}

static void decode_drhd(struct decoder *decoder, const struct acpi_span *span,
			struct dmar_structure *structure)
{
	structure->flags = acpi_read8(span, 4);
	structure->size = acpi_read8(span, 5);
	structure->segment = acpi_read16(span, 6);
	structure->base = acpi_read64(span, 8);
	if (structure->base == 0)
		report(decoder, DMAR_NO_REGISTERS, span->offset, 0);
	else if (is_far(decoder->dmar, structure->base))
		report(decoder, DMAR_FAR_REGISTERS, span->offset, structure->base);
	else if (structure->base % PAGE_BYTES)
		report(decoder, DMAR_UNALIGNED_REGISTERS, span->offset, structure->base);
	else if (repeats_unit(decoder->dmar, structure))
		report(decoder, DMAR_DUPLICATE_UNIT, span->offset, structure->base);
	else if (repeats_catch_all(decoder->dmar, structure))
		report(decoder, DMAR_SECOND_CATCH_ALL, span->offset, structure->base);
}

/* rmrr_sanity_check() of drivers/iommu/intel/iommu.c. */
static void decode_rmrr(struct decoder *decoder, const struct acpi_span *span,
			struct dmar_structure *structure)
{
	structure->segment = acpi_read16(span, 6);
	structure->base = acpi_read64(span, 8);
	structure->end = acpi_read64(span, 16);
	if (structure->base % PAGE_BYTES || (structure->end + 1) % PAGE_BYTES ||
	    structure->end <= structure->base)
		report(decoder, DMAR_BAD_RESERVED_REGION, span->offset, structure->base);
}

static void decode_rhsa(struct decoder *decoder, const struct acpi_span *span,
			struct dmar_structure *structure)
{
	structure->base = acpi_read64(span, 8);
	structure->proximity_domain = acpi_read32(span, 16);
	if (!names_earlier_unit(decoder->dmar, structure->base))
		report(decoder, DMAR_UNKNOWN_AFFINITY, span->offset, structure->base);
}

static void decode_andd(struct decoder *decoder, const struct acpi_span *span,
			struct dmar_structure *structure)
{
	const char *name = (const char *)span->bytes + layouts[DMAR_ANDD].fixed;
	size_t room = span->length - layouts[DMAR_ANDD].fixed;
	size_t length = strnlen(name, room);

	structure->device_number = acpi_read8(span, 7);
	structure->name = arena_copy(decoder->arena, name, length);
	if (length == room)
		report(decoder, DMAR_UNTERMINATED_NAME, span->offset, length);
}

/* ATSR, SATC and SIDP. */
static void decode_flags_and_segment(const struct acpi_span *span, struct dmar_structure *structure)
{
	if (structure->type != DMAR_SIDP)
		structure->flags = acpi_read8(span, 4);
	structure->segment = acpi_read16(span, 6);
}

static void decode_body(struct decoder *decoder, const struct acpi_span *span,
			struct dmar_structure *structure)
{
	const struct layout *layout = &layouts[structure->type];

	switch (structure->type) {
	case DMAR_DRHD:
		decode_drhd(decoder, span, structure);
		break;
	case DMAR_RMRR:
		decode_rmrr(decoder, span, structure);
		break;
	case DMAR_RHSA:
		decode_rhsa(decoder, span, structure);
		break;
	case DMAR_ANDD:
		decode_andd(decoder, span, structure);
		break;
	default:
		decode_flags_and_segment(span, structure);
		break;
	}
	if (layout->scopes)
		decode_scopes(decoder, span, layout->fixed, structure);
}

static bool decode_structure(struct decoder *decoder, const struct acpi_span *span)
{
	struct dmar *dmar = decoder->dmar;
	struct dmar_structure *structures =
		arena_grow(decoder->arena, dmar->structures, dmar->count, &decoder->capacity,
			   sizeof(*structures));
	struct dmar_structure structure = {
		.type = acpi_read16(span, 0),
		.length = acpi_read16(span, 2),
		.offset = span->offset,
		.complete = true,
	};

	if (!structures)
		return false;
	dmar->structures = structures;
	if (structure.type < DMAR_TYPE_COUNT) {
		structure.complete = span->length >= layouts[structure.type].fixed;
		if (structure.complete)
			decode_body(decoder, span, &structure);
		else
			report(decoder, DMAR_SHORT_STRUCTURE, span->offset, span->length);
	}
	structures[dmar->count++] = structure;
	return true;
}

static void walk(struct decoder *decoder, const struct acpi_span *table)
{
	for (size_t at = DMAR_HEADER_SIZE; at < table->length;) {
		size_t length = acpi_read16(table, at + 2);
		struct acpi_span span = acpi_slice(table, at, length);
		if (table->length - at < STRUCTURE_HEAD_SIZE || span.length < length) {
			report(decoder, DMAR_PAST_END, at, length);
			return;
		}
		if (length == 0) {
			report(decoder, DMAR_ZERO_LENGTH, at, 0);
			return;
		}
		if (decoder->dmar->count == DMAR_MOST_STRUCTURES) {
			report(decoder, DMAR_TOO_MANY, at, DMAR_MOST_STRUCTURES);
			return;
		}
		if (!decode_structure(decoder, &span))
			return;
		at += length;
	}
}

static bool has_unit(const struct dmar *dmar)
{
	for (size_t i = 0; i < dmar->count; i++) {
		if (dmar->structures[i].type == DMAR_DRHD)
			return true;
	}
	return false;
}

static void decode_table(struct decoder *decoder, const struct acpi_span *table)
{
	struct dmar *dmar = decoder->dmar;
	uint8_t width = acpi_read8(table, WIDTH_OFFSET);

	dmar->host_address_width = width + 1u;
	dmar->flags = acpi_read8(table, FLAGS_OFFSET);
	if (!dmar->header.checksum_ok)
		report(decoder, DMAR_BAD_CHECKSUM, CHECKSUM_OFFSET,
		       acpi_read8(table, CHECKSUM_OFFSET));
	if (width < LEAST_WIDTH_BYTE)
		report(decoder, DMAR_BAD_WIDTH, WIDTH_OFFSET, width);
	walk(decoder, table);
	if (!has_unit(dmar))
		report(decoder, DMAR_NO_UNIT, DMAR_HEADER_SIZE, dmar->count);
}

int dmar_decode(struct arena *arena, const uint8_t *bytes, size_t length, struct dmar *ret)
{
	struct decoder decoder = {.arena = arena, .dmar = ret};
	struct acpi_header header;
	int result = acpi_header_decode(bytes, length, &header);

	if (result < 0)
		return result;
	*ret = (struct dmar){.header = header};
	ret->intact = header.length_ok && header.length >= DMAR_HEADER_SIZE &&
		      strcmp(header.signature, "DMAR") == 0;
	if (!ret->intact)
		return 0;
	struct acpi_span table = {.bytes = bytes, .length = header.length};
	if (length > header.length)
		report(&decoder, DMAR_TRAILING_BYTES, header.length, length - header.length);
	decode_table(&decoder, &table);
	return 0;
}

enum acpi_consequence dmar_consequence(enum dmar_defect defect)
{
	return consequences[defect];
}

bool dmar_accepted(const struct dmar *dmar)
{
	return dmar->intact && !dmar->refused;
}

const char *dmar_type_name(uint16_t type)
{
	return type < DMAR_TYPE_COUNT ? layouts[type].name : NULL;
}

const char *dmar_scope_name(uint8_t type)
{
	return type < ARRAY_LENGTH(scope_names) ? scope_names[type] : NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/ivrs.h"

#include <string.h>

#include "host/base/array.h"

enum {
	CHECKSUM_OFFSET = 9,
	IVRS_HEADER_SIZE = 48,
	IVINFO_OFFSET = 36,
	BLOCK_HEAD_SIZE = 4,
	LEGACY_FIXED_SIZE = 24,
	EFR_FIXED_SIZE = 40,
	IVMD_SIZE = 32,
	HID_FIXED_SIZE = 22,
	HID_OFFSET = 4,
	CID_OFFSET = 12,
	UID_FORMAT_OFFSET = 20,
	UID_LENGTH_OFFSET = 21,
	FIRST_TYPE_WITHOUT_LENGTH = 0x80,
	LAST_CHOOSABLE_TYPE = IVRS_IVHD_MIXED, /* ACPI_IVHD_TYPE_MAX_SUPPORTED */
};

/* drivers/iommu/amd/init.c: check_ivrs_checksum(), init_iommu_all(), init_iommu_from_acpi(). */
static const enum acpi_consequence consequences[] = {
	[IVRS_BAD_CHECKSUM] = ACPI_REFUSED,  [IVRS_TRAILING_BYTES] = ACPI_BAD_CAPTURE,
	[IVRS_ZERO_LENGTH] = ACPI_UNDEFINED, [IVRS_PAST_END] = ACPI_UNDEFINED,
	[IVRS_SHORT_BLOCK] = ACPI_UNDEFINED, [IVRS_NO_UNIT] = ACPI_REFUSED,
	[IVRS_NO_REGISTERS] = ACPI_REFUSED,  [IVRS_BAD_ENTRY_LENGTH] = ACPI_UNDEFINED,
	[IVRS_UNKNOWN_ENTRY] = ACPI_IGNORED, [IVRS_OPEN_RANGE] = ACPI_USED_ANYWAY,
	[IVRS_BAD_HID] = ACPI_IGNORED,       [IVRS_BAD_UID] = ACPI_USED_ANYWAY,
	[IVRS_BAD_SPECIAL] = ACPI_REFUSED,   [IVRS_TOO_MANY] = ACPI_NOT_JUDGED,
};

ASSERT_COVERS(consequences, IVRS_DEFECT_COUNT);

/* A table on its way into memory. */
struct decoder {
	struct arena *arena;
	struct ivrs *ivrs;
	size_t entries;  /* of all blocks so far */
	bool open_range; /* a range start was seen, and no end yet */
};

static void report(struct decoder *decoder, enum ivrs_defect defect, size_t offset, uint64_t value)
{
	acpi_defect_add(&decoder->ivrs->defects, (int)defect, offset, value);
	decoder->ivrs->refused |= consequences[defect] == ACPI_REFUSED;
}

static size_t fixed_size(uint8_t type)
{
	if (type == IVRS_IVHD_LEGACY)
		return LEGACY_FIXED_SIZE;
	if (ivrs_is_ivhd(type))
		return EFR_FIXED_SIZE;
	return ivrs_is_ivmd(type) ? IVMD_SIZE : BLOCK_HEAD_SIZE;
}

static void decode_ivhd(const struct acpi_span *span, struct ivrs_block *block)
{
	block->device_id = acpi_read16(span, 4);
	block->capability_offset = acpi_read16(span, 6);
	block->base = acpi_read64(span, 8);
	block->segment = acpi_read16(span, 16);
	block->info = acpi_read16(span, 18);
	block->features = acpi_read32(span, 20);
	if (!ivrs_has_efr(block))
		return;
	block->efr = acpi_read64(span, 24);
	block->efr2 = acpi_read64(span, 32);
}

static void decode_ivmd(const struct acpi_span *span, struct ivrs_block *block)
{
	block->device_id = acpi_read16(span, 4);
	block->last_device_id = acpi_read16(span, 6);
	block->segment = acpi_read16(span, 8);
	block->start = acpi_read64(span, 16);
	block->memory_length = acpi_read64(span, 24);
}

static struct ivrs_block decode_block(struct decoder *decoder, const struct acpi_span *span)
{
	struct ivrs_block block = {
		.type = acpi_read8(span, 0),
		.flags = acpi_read8(span, 1),
		.length = acpi_read16(span, 2),
		.offset = span->offset,
	};

	block.complete = span->length >= fixed_size(block.type);
	if (!block.complete)
		report(decoder, IVRS_SHORT_BLOCK, span->offset, span->length);
	else if (ivrs_is_ivhd(block.type))
		decode_ivhd(span, &block);
	else if (ivrs_is_ivmd(block.type))
		decode_ivmd(span, &block);
	return block;
}

static void walk_blocks(struct decoder *decoder, const struct acpi_span *table)
{
	struct ivrs *ivrs = decoder->ivrs;
	size_t capacity = 0;

	for (size_t at = IVRS_HEADER_SIZE; at < table->length;) {
		size_t length = acpi_read16(table, at + 2);
		struct acpi_span span = acpi_slice(table, at, length);
		if (table->length - at < BLOCK_HEAD_SIZE || span.length < length) {
			report(decoder, IVRS_PAST_END, at, length);
			return;
		}
		if (length == 0) {
			report(decoder, IVRS_ZERO_LENGTH, at, 0);
			return;
		}
		if (ivrs->count == IVRS_MOST_BLOCKS) {
			report(decoder, IVRS_TOO_MANY, at, IVRS_MOST_BLOCKS);
			return;
		}
		struct ivrs_block *blocks = arena_grow(decoder->arena, ivrs->blocks, ivrs->count,
						       &capacity, sizeof(*blocks));
		if (!blocks)
			return;
		ivrs->blocks = blocks;
		blocks[ivrs->count++] = decode_block(decoder, &span);
		at += length;
	}
}

/*
 * get_highest_supported_ivhd_type(): the type of the last block that names the same device id as
 * the first. The kernel looks at blocks of memory as well, whose device id lies at the same place.
 */
static uint8_t choose_type(const struct ivrs *ivrs)
{
	uint8_t chosen = ivrs->count ? ivrs->blocks[0].type : 0;

	for (size_t i = 0; i < ivrs->count; i++) {
		const struct ivrs_block *block = &ivrs->blocks[i];
		if (block->type > LAST_CHOOSABLE_TYPE)
			break;
		if (block->device_id == ivrs->blocks[0].device_id)
			chosen = block->type;
	}
	return chosen;
}

/* Returns 0 for a type whose length is not defined: ivhd_entry_length(). */
static size_t entry_length(const struct acpi_span *span, size_t at)
{
	uint8_t type = acpi_read8(span, at);

	if (type < FIRST_TYPE_WITHOUT_LENGTH)
		return (size_t)4 << (type >> 6);
	if (type == IVRS_ENTRY_HID)
		return (size_t)HID_FIXED_SIZE + acpi_read8(span, at + UID_LENGTH_OFFSET);
	return 0;
}

static bool uid_is_sound(const struct ivrs_entry *entry)
{
	switch (entry->uid_format) {
	case IVRS_UID_NONE:
		return entry->uid_length == 0;
	case IVRS_UID_INTEGER:
	case IVRS_UID_STRING:
		return true;
	default:
		return false;
	}
}

/* The cases of init_iommu_from_acpi() for an ACPI device. */
static void judge_hid(struct decoder *decoder, const struct ivrs_block *block,
		      const struct ivrs_entry *entry)
{
	if (block->type != IVRS_IVHD_MIXED || !*entry->hid)
		report(decoder, IVRS_BAD_HID, entry->offset, entry->device_id);
	else if (!uid_is_sound(entry))
		report(decoder, IVRS_BAD_UID, entry->offset, entry->device_id);
}

static void decode_hid(struct decoder *decoder, const struct acpi_span *span,
		       struct ivrs_entry *entry)
{
	const char *bytes = (const char *)span->bytes;

	entry->hid = arena_copy(decoder->arena, bytes + HID_OFFSET,
				strnlen(bytes + HID_OFFSET, IVRS_HID_SIZE));
	entry->cid = arena_copy(decoder->arena, bytes + CID_OFFSET,
				strnlen(bytes + CID_OFFSET, IVRS_HID_SIZE));
	entry->uid_format = acpi_read8(span, UID_FORMAT_OFFSET);
	entry->uid_length = acpi_read8(span, UID_LENGTH_OFFSET);
	entry->uid = span->bytes + HID_FIXED_SIZE;
}

static struct ivrs_entry decode_entry(struct decoder *decoder, const struct acpi_span *span)
{
	struct ivrs_entry entry = {
		.type = acpi_read8(span, 0),
		.device_id = acpi_read16(span, 1),
		.setting = acpi_read8(span, 3),
		.offset = span->offset,
	};

	if (ivrs_entry_has_alias(entry.type))
		entry.alias = acpi_read16(span, 5);
	if (entry.type == IVRS_ENTRY_EXTENDED_SELECT ||
	    entry.type == IVRS_ENTRY_EXTENDED_RANGE_START)
		entry.extended = acpi_read32(span, 4);
	if (entry.type == IVRS_ENTRY_SPECIAL) {
		entry.handle = acpi_read8(span, 4);
		entry.variety = acpi_read8(span, 7);
	}
	if (entry.type == IVRS_ENTRY_HID)
		decode_hid(decoder, span, &entry);
	return entry;
}

static bool is_known_entry(uint8_t type)
{
	return type <= IVRS_ENTRY_RANGE_END || ivrs_entry_has_alias(type) ||
	       type == IVRS_ENTRY_EXTENDED_SELECT || type == IVRS_ENTRY_EXTENDED_RANGE_START ||
	       type == IVRS_ENTRY_HID;
}

static bool begins_range(uint8_t type)
{
	return type == IVRS_ENTRY_RANGE_START || type == IVRS_ENTRY_ALIAS_RANGE_START ||
	       type == IVRS_ENTRY_EXTENDED_RANGE_START;
}

static void judge_entry(struct decoder *decoder, const struct ivrs_block *block,
			const struct ivrs_entry *entry)
{
	bool begins = begins_range(entry->type);
	bool ends = entry->type == IVRS_ENTRY_RANGE_END;

	if (!is_known_entry(entry->type))
		report(decoder, IVRS_UNKNOWN_ENTRY, entry->offset, entry->type);
	if (entry->type == IVRS_ENTRY_HID)
		judge_hid(decoder, block, entry);
	if (entry->type == IVRS_ENTRY_SPECIAL && entry->variety != IVRS_SPECIAL_IOAPIC &&
	    entry->variety != IVRS_SPECIAL_HPET)
		report(decoder, IVRS_BAD_SPECIAL, entry->offset, entry->variety);
	if ((begins && decoder->open_range) || (ends && !decoder->open_range))
		report(decoder, IVRS_OPEN_RANGE, entry->offset, entry->device_id);
	if (begins || ends)
		decoder->open_range = begins;
}

/* Appends the entry at the start of rest. Returns its length, or 0 at the end of what can be
 * decoded. */
static size_t next_entry(struct decoder *decoder, const struct acpi_span *rest,
			 struct ivrs_block *block, size_t *capacity)
{
	size_t length = entry_length(rest, 0);
	struct acpi_span span = acpi_slice(rest, 0, length);

	if (length == 0 || span.length < length || decoder->entries == IVRS_MOST_ENTRIES) {
		enum ivrs_defect defect = decoder->entries == IVRS_MOST_ENTRIES
						  ? IVRS_TOO_MANY
						  : IVRS_BAD_ENTRY_LENGTH;
		if (block->chosen)
			report(decoder, defect, rest->offset, acpi_read8(rest, 0));
		return 0;
	}
	struct ivrs_entry *entries = arena_grow(decoder->arena, block->entries, block->entry_count,
						capacity, sizeof(*entries));
	if (!entries)
		return 0;
	block->entries = entries;
	entries[block->entry_count] = decode_entry(decoder, &span);
	if (block->chosen)
		judge_entry(decoder, block, &entries[block->entry_count]);
	block->entry_count++;
	decoder->entries++;
	return length;
}

static void decode_entries(struct decoder *decoder, const struct acpi_span *table,
			   struct ivrs_block *block)
{
	struct acpi_span span = acpi_slice(table, block->offset, block->length);
	size_t capacity = 0, length = 1;

	decoder->open_range = false;
	for (size_t at = fixed_size(block->type); at < span.length && length; at += length) {
		struct acpi_span rest = acpi_slice(&span, at, span.length - at);
		length = next_entry(decoder, &rest, block, &capacity);
	}
	if (block->chosen && decoder->open_range)
		report(decoder, IVRS_OPEN_RANGE, block->offset, block->device_id);
}

static void decode_units(struct decoder *decoder, const struct acpi_span *table)
{
	struct ivrs *ivrs = decoder->ivrs;
	size_t chosen = 0;

	ivrs->chosen_type = choose_type(ivrs);
	for (size_t i = 0; i < ivrs->count; i++) {
		struct ivrs_block *block = &ivrs->blocks[i];
		if (!ivrs_is_ivhd(block->type) || !block->complete)
			continue;
		block->chosen = block->type == ivrs->chosen_type;
		chosen += block->chosen;
		if (block->chosen && block->base == 0)
			report(decoder, IVRS_NO_REGISTERS, block->offset, 0);
		decode_entries(decoder, table, block);
	}
	if (chosen == 0)
		report(decoder, IVRS_NO_UNIT, IVRS_HEADER_SIZE, ivrs->chosen_type);
}

int ivrs_decode(struct arena *arena, const uint8_t *bytes, size_t length, struct ivrs *ret)
{
	struct decoder decoder = {.arena = arena, .ivrs = ret};
	struct acpi_header header;
	int result = acpi_header_decode(bytes, length, &header);

	if (result < 0)
		return result;
	*ret = (struct ivrs){.header = header};
	ret->intact = header.length_ok && header.length >= IVRS_HEADER_SIZE &&
		      strcmp(header.signature, "IVRS") == 0;
	if (!ret->intact)
		return 0;
	struct acpi_span table = {.bytes = bytes, .length = header.length};
	ret->ivinfo = acpi_read32(&table, IVINFO_OFFSET);
	if (!header.checksum_ok)
		report(&decoder, IVRS_BAD_CHECKSUM, CHECKSUM_OFFSET,
		       acpi_read8(&table, CHECKSUM_OFFSET));
	if (length > header.length)
		report(&decoder, IVRS_TRAILING_BYTES, header.length, length - header.length);
	walk_blocks(&decoder, &table);
	decode_units(&decoder, &table);
	return 0;
}

enum acpi_consequence ivrs_consequence(enum ivrs_defect defect)
{
	return consequences[defect];
}

bool ivrs_accepted(const struct ivrs *ivrs)
{
	return ivrs->intact && !ivrs->refused;
}

bool ivrs_is_ivhd(uint8_t type)
{
	return type == IVRS_IVHD_LEGACY || type == IVRS_IVHD_EFR || type == IVRS_IVHD_MIXED;
}

bool ivrs_is_ivmd(uint8_t type)
{
	return type == IVRS_IVMD_ALL || type == IVRS_IVMD_ONE || type == IVRS_IVMD_RANGE;
}

bool ivrs_has_efr(const struct ivrs_block *block)
{
	return block->type == IVRS_IVHD_EFR || block->type == IVRS_IVHD_MIXED;
}

bool ivrs_entry_has_alias(uint8_t type)
{
	return type == IVRS_ENTRY_ALIAS_SELECT || type == IVRS_ENTRY_ALIAS_RANGE_START ||
	       type == IVRS_ENTRY_SPECIAL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/acpi.h"

#include <errno.h>
#include <string.h>

#define TABLES "/sys/firmware/acpi/tables"

/* Offsets in the header. */
enum { LENGTH_OFFSET = 4, REVISION_OFFSET = 8, OEM_ID_OFFSET = 10, OEM_TABLE_ID_OFFSET = 16 };

void acpi_load(struct root *root, struct arena *arena, struct acpi_tables *ret)
{
	ret->directory = root_list(root, arena, TABLES);
	ret->dmar = root_read(root, arena, TABLES "/DMAR", LIMIT_ACPI_TABLE);
	ret->ivrs = root_read(root, arena, TABLES "/IVRS", LIMIT_ACPI_TABLE);
	ret->iort = root_read(root, arena, TABLES "/IORT", LIMIT_ACPI_TABLE);
	ret->viot = root_read(root, arena, TABLES "/VIOT", LIMIT_ACPI_TABLE);
	ret->madt = root_read(root, arena, TABLES "/APIC", LIMIT_ACPI_TABLE);
}

static uint8_t sum(const uint8_t *bytes, size_t length)
{
	uint8_t total = 0;

	for (size_t i = 0; i < length; i++)
		total = (uint8_t)(total + bytes[i]);
	return total;
}

int acpi_header_decode(const uint8_t *bytes, size_t length, struct acpi_header *ret)
{
	if (length < ACPI_HEADER_SIZE)
		return -EBADMSG;
	*ret = (struct acpi_header){.revision = bytes[REVISION_OFFSET]};
	memcpy(ret->signature, bytes, sizeof(ret->signature) - 1);
	memcpy(ret->oem_id, bytes + OEM_ID_OFFSET, sizeof(ret->oem_id) - 1);
	memcpy(ret->oem_table_id, bytes + OEM_TABLE_ID_OFFSET, sizeof(ret->oem_table_id) - 1);
	struct acpi_span span = {.bytes = bytes, .length = length};
	ret->length = acpi_read32(&span, LENGTH_OFFSET);
	ret->length_ok = ret->length >= ACPI_HEADER_SIZE && ret->length <= length;
	ret->checksum_ok = ret->length_ok && sum(bytes, ret->length) == 0;
	return 0;
}

struct acpi_span acpi_slice(const struct acpi_span *span, size_t start, size_t length)
{
	if (start > span->length)
		start = span->length;
	if (length > span->length - start)
		length = span->length - start;
	return (struct acpi_span){
		.bytes = span->bytes + start, .length = length, .offset = span->offset + start};
}

static uint64_t read_value(const struct acpi_span *span, size_t offset, size_t size)
{
	uint64_t value = 0;

	for (size_t i = size; i > 0; i--) {
		bool inside = offset < span->length && i - 1 < span->length - offset;
		value = value << 8 | (inside ? span->bytes[offset + i - 1] : 0);
	}
	return value;
}

uint8_t acpi_read8(const struct acpi_span *span, size_t offset)
{
	return (uint8_t)read_value(span, offset, sizeof(uint8_t));
}

uint16_t acpi_read16(const struct acpi_span *span, size_t offset)
{
	return (uint16_t)read_value(span, offset, sizeof(uint16_t));
}

uint32_t acpi_read32(const struct acpi_span *span, size_t offset)
{
	return (uint32_t)read_value(span, offset, sizeof(uint32_t));
}

uint64_t acpi_read64(const struct acpi_span *span, size_t offset)
{
	return read_value(span, offset, sizeof(uint64_t));
}

static bool has_defect(const struct acpi_defects *defects, int kind)
{
	for (size_t i = 0; i < defects->count; i++) {
		if (defects->items[i].kind == kind)
			return true;
	}
	return false;
}

void acpi_defect_add(struct acpi_defects *defects, int kind, size_t offset, uint64_t value)
{
	if (defects->count >= ACPI_MOST_DEFECTS && has_defect(defects, kind))
		return;
	defects->items[defects->count++] =
		(struct acpi_defect){.kind = kind, .offset = offset, .value = value};
}

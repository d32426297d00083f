/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi.h"

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
	for (int i = 3; i >= 0; i--)
		ret->length = ret->length << 8 | bytes[LENGTH_OFFSET + i];
	ret->length_ok = ret->length >= ACPI_HEADER_SIZE && ret->length <= length;
	ret->checksum_ok = ret->length_ok && sum(bytes, ret->length) == 0;
	return 0;
}

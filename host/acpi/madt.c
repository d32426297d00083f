/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/madt.h"

#include <string.h>

enum {
	MADT_HEADER_SIZE = 44,
	ENTRY_HEAD_SIZE = 2,
	ENTRY_IOAPIC = 1,
	IOAPIC_SIZE = 12,
	ENTRY_GIC_MSI_FRAME = 0x0d,
	GIC_MSI_FRAME_SIZE = 24,
	ENTRY_GIC_ITS = 0x0f,
	GIC_ITS_SIZE = 20,
};

static bool decode_ioapic(const struct acpi_span *entry, struct madt *madt)
{
	if (entry->length < IOAPIC_SIZE || madt->count == MADT_MOST_IOAPICS)
		return false;
	madt->ioapics[madt->count++] = (struct madt_ioapic){
		.id = acpi_read8(entry, 2),
		.address = acpi_read32(entry, 4),
		.interrupt_base = acpi_read32(entry, 8),
	};
	return true;
}

static bool count_entry(const struct acpi_span *entry, size_t least, size_t *count)
{
	if (entry->length < least)
		return false;
	++*count;
	return true;
}

static bool decode_entry(const struct acpi_span *entry, struct madt *madt)
{
	switch (acpi_read8(entry, 0)) {
	case ENTRY_IOAPIC:
		return decode_ioapic(entry, madt);
	case ENTRY_GIC_MSI_FRAME:
		return count_entry(entry, GIC_MSI_FRAME_SIZE, &madt->gic_msi_frames);
	case ENTRY_GIC_ITS:
		return count_entry(entry, GIC_ITS_SIZE, &madt->gic_its);
	}
	return true;
}

/* Returns whether the entries fill the table. */
static bool walk(const struct acpi_span *table, struct madt *madt)
{
	for (size_t at = MADT_HEADER_SIZE; at < table->length;) {
		size_t length = acpi_read8(table, at + 1);
		struct acpi_span entry = acpi_slice(table, at, length);
		if (length < ENTRY_HEAD_SIZE || entry.length < length ||
		    !decode_entry(&entry, madt))
			return false;
		at += length;
	}
	return true;
}

int madt_decode(const uint8_t *bytes, size_t length, struct madt *ret)
{
	struct acpi_header header;
	int result = acpi_header_decode(bytes, length, &header);

	if (result < 0)
		return result;
	*ret = (struct madt){.header = header};
	ret->intact = header.length_ok && header.length >= MADT_HEADER_SIZE &&
		      strcmp(header.signature, "APIC") == 0;
	if (!ret->intact)
		return 0;
	struct acpi_span table = {.bytes = bytes, .length = header.length};
	ret->complete = walk(&table, ret);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACPI_H
#define PASSCHECK_HOST_ACPI_H

#include "host/root.h"

/* Raw tables of /sys/firmware/acpi/tables. EACCES there says that the table exists. */
struct acpi_tables {
	struct fact_list directory;
	struct fact_text dmar;
	struct fact_text ivrs;
	struct fact_text madt; /* "APIC" */
};

enum { ACPI_HEADER_SIZE = 36 };

/* The header that ACPI tables share (ACPI 6.5, section 5.2.6). */
struct acpi_header {
	char signature[5]; /* with a NUL */
	uint32_t length;   /* of the whole table in bytes, as the header claims */
	uint8_t revision;
	char oem_id[7];
	char oem_table_id[9];
	bool length_ok;   /* the claim is at least a header and at most the bytes read */
	bool checksum_ok; /* the bytes of the claimed length sum to 0; false unless length_ok */
};

void acpi_load(struct root *root, struct arena *arena, struct acpi_tables *ret);

/* Decodes the header. Returns 0, or -EBADMSG where fewer bytes than a header were read. */
int acpi_header_decode(const uint8_t *bytes, size_t length, struct acpi_header *ret);

#endif

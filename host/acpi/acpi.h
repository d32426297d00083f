/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACPI_ACPI_H
#define PASSCHECK_HOST_ACPI_ACPI_H

#include "host/access/root.h"

/* Raw tables of /sys/firmware/acpi/tables. EACCES there says that the table exists. */
struct acpi_tables {
	struct fact_list directory;
	struct fact_text dmar;
	struct fact_text ivrs;
	struct fact_text iort;
	struct fact_text viot;
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

/* A part of a table: a structure, an entry. Nothing outside of it is ever read. */
struct acpi_span {
	const uint8_t *bytes;
	size_t length;
	size_t offset; /* in the table */
};

/* Returns the part of span of at most length bytes that begins at start; empty where span has none.
 */
struct acpi_span acpi_slice(const struct acpi_span *span, size_t start, size_t length);

/* Read little-endian values at offset. Bytes outside of the span read as 0. */
uint8_t acpi_read8(const struct acpi_span *span, size_t offset);
uint16_t acpi_read16(const struct acpi_span *span, size_t offset);
uint32_t acpi_read32(const struct acpi_span *span, size_t offset);
uint64_t acpi_read64(const struct acpi_span *span, size_t offset);

/* What the kernel makes of a defect in a table. */
enum acpi_consequence {
	ACPI_USED_ANYWAY,  /* a warning at most */
	ACPI_IGNORED,      /* the entry has no effect */
	ACPI_REST_IGNORED, /* the walk ends there: what follows has no effect */
	ACPI_REFUSED,      /* the whole table has no effect */
	ACPI_UNDEFINED,    /* the kernel reads bytes that are not the entry's, or never ends */
	ACPI_BAD_CAPTURE,  /* none: the kernel gives out no such bytes */
	ACPI_NOT_JUDGED,   /* passcheck does not look that far */
	ACPI_CONSEQUENCE_COUNT,
};

/* A defect in a table; its kind is of the table's own enumeration. */
struct acpi_defect {
	int kind;
	size_t offset;  /* in the table */
	uint64_t value; /* what was found there */
};

/* More defects than that say nothing more, but the first of each kind is always kept. */
enum { ACPI_MOST_DEFECTS = 64, ACPI_MOST_DEFECT_KINDS = 32 };

struct acpi_defects {
	struct acpi_defect items[ACPI_MOST_DEFECTS + ACPI_MOST_DEFECT_KINDS];
	size_t count;
};

void acpi_defect_add(struct acpi_defects *defects, int kind, size_t offset, uint64_t value);

#endif

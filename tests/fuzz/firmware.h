/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_FUZZ_FIRMWARE_H
#define PASSCHECK_TESTS_FUZZ_FIRMWARE_H

#include "tests/unit/support/acpi.h"

/* Tables by which firmware tells which functions an IOMMU translates, and for which it keeps
 * memory. */
enum firmware_table { FIRMWARE_DMAR, FIRMWARE_IVRS, FIRMWARE_IORT, FIRMWARE_TABLE_COUNT };

/* What a table says of a function of segment 0. */
struct firmware_device {
	const struct firmware_device *parent; /* NULL: on the root bus, which is 0 */
	uint8_t bus;
	uint8_t devfn;
	bool bridge;
	bool named;    /* to its unit, and not just with all others */
	bool reserved; /* memory is kept for it */
};

/* Sound for the kernel, of the flags: the DMAR's, the IVinfo, or the SMMU's. */
void firmware_build(enum firmware_table kind, uint8_t flags, const struct firmware_device *devices,
		    size_t count, struct test_table *ret);

/* How a table that was sound is damaged. */
enum firmware_damage {
	FIRMWARE_WHOLE,
	FIRMWARE_CUT,     /* at the place */
	FIRMWARE_CHANGED, /* the byte there, so the checksum is wrong */
	FIRMWARE_FORGED,  /* the byte there, and the checksum is right: it is another table */
	FIRMWARE_DAMAGE_COUNT,
};

void firmware_damage(struct test_table *table, enum firmware_damage damage, size_t place,
		     uint8_t value);

#endif

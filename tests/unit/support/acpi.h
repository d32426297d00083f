/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_ACPI_H
#define PASSCHECK_TESTS_SUPPORT_ACPI_H

#include "tests/unit/support/paper.h"

/* An ACPI table under construction. */
struct test_table {
	uint8_t bytes[32768];
	size_t length;
};

/* Begins a table: an ACPI header, and zeros up to length. */
void table_begin(struct test_table *table, const char *signature, size_t length);

/* Begins a DMAR of 39 address bits with these flags; an IVRS with this IVinfo; a MADT. */
void table_begin_dmar(struct test_table *table, uint8_t flags);
void table_begin_ivrs(struct test_table *table, uint32_t ivinfo);
void table_begin_madt(struct test_table *table);

/* Begins an IORT that claims that many nodes, the first right behind its header. */
void table_begin_iort(struct test_table *table, uint8_t nodes);

/* Nodes of an IORT, in this order: from offset 0x30, 0x48, 0xa0 and 0xd8. An ITS group; an SMMUv3
 * at 0x9050000 that is coherent, in front of it; a root complex of segment 0 whose buses 0 to 3 are
 * behind the SMMU; 64 KiB at 0x10000000 that are reserved for 01:00.0. */
#define IORT_ITS  "00 1800 01 00000000 00000000 00000000 01000000 00000000"
#define IORT_SMMU IORT_SMMU_WITH("01000000")
#define IORT_SMMU_WITH(flags)                                                                      \
	"04 5800 04 01000000 01000000 44000000 0000050900000000" flags                             \
	"00000000 0000000000000000 00000000 6a000000 6b000000 6d000000 6c000000 00000000 00000000" \
	"00000000 ffff0000 00000000 30000000 00000000"
#define IORT_ROOT                                                                                  \
	"02 3800 03 02000000 01000000 24000000 0100000000000003 00000000 00000000 40 0000 00"      \
	"00000000 ff030000 00000000 48000000 00000000"
#define IORT_RANGES(flags)                                                                         \
	"06 4400 03 03000000 01000000 1c000000" flags "01000000 30000000"                          \
	"00000000 00000000 00010000 48000000 00000000"                                             \
	"0000001000000000 0000010000000000 00000000"

/* Begins a VIOT that claims that many nodes, the first right behind its header. */
void table_begin_viot(struct test_table *table, uint8_t nodes);

/* Nodes of a VIOT, from offset 0x30 and 0x40: the virtio-iommu 0000:00:01.0; buses 0 to 3 of
 * segment 0, which it translates. */
#define VIOT_IOMMU                "03 00 1000 0000 0800 0000000000000000"
#define VIOT_RANGE                VIOT_RANGE_BEHIND("3000")
#define VIOT_RANGE_BEHIND(offset) "01 00 1800 00000000 0000 0000 0000 ff03 " offset " 000000000000"

/* Appends bytes, given as hex digits with blanks between; returns where they lie. */
size_t table_add(struct test_table *table, const char *hex);

/* Sets the length and makes the checksum right. Returns the table as a fact. */
struct fact_text table_finish(struct test_table *table, const char *source);

/* Decodes a table of these bytes. Returns whether it did, and found no defect. */
typedef bool table_is_clean(struct arena *arena, const uint8_t *bytes, size_t length);

/*
 * Fails the test where a sound table that is cut, or changed in one byte, is clean. Each decoding
 * is of a copy that ends where it ends, so the sanitizer sees what is read beyond it.
 */
void expect_damage_is_seen(const uint8_t *bytes, size_t length, table_is_clean *is_clean);

/* The same for each table below a folder whose name begins so. Returns how many; skips the test
 * where the folder is not there. */
size_t expect_damage_is_seen_in(const char *folder, const char *beginning,
				table_is_clean *is_clean);

/*
 * Give a host on paper a table: a DMAR with these flags, an IVRS (and so a processor of AMD), a
 * MADT, of that content as hex digits. Return the table: its bytes are the host's, and after
 * another table_add() it is to be finished again.
 */
struct test_table *set_dmar(struct paper *paper, uint8_t flags, const char *structures);
struct test_table *set_ivrs(struct paper *paper, const char *blocks);
struct test_table *set_madt(struct paper *paper, const char *entries);

/* Gives a host on paper an IORT of that many nodes, and makes it one of Arm. */
struct test_table *set_iort(struct paper *paper, uint8_t count, const char *nodes);

/* Gives a host on paper a VIOT of that many nodes. */
struct test_table *set_viot(struct paper *paper, uint8_t count, const char *nodes);

/* Adds the function of a virtio-iommu, 0000:00:01.0. */
struct pci_function *add_virtio_iommu(struct paper *paper);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_ACPI_H
#define PASSCHECK_TESTS_SUPPORT_ACPI_H

#include "tests/unit/support/topology.h"

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

/* Appends bytes, given as hex digits with blanks between; returns where they lie. */
size_t table_add(struct test_table *table, const char *hex);

/* Sets the length and makes the checksum right. Returns the table as a fact. */
struct fact_text table_finish(struct test_table *table, const char *source);

/*
 * For cmocka: a topology on an Intel host with Linux 6.1 that has no ACPI table, no IOMMU, no group
 * and no interrupt, and whose facts were all read.
 */
int acpi_host_setup(void **state);

/* Gives the host a running unit, of which the facts are absent. */
struct iommu_unit *add_unit(struct topology *topology, const char *name, enum iommu_kind kind);

/* Says that the kernel translates the function by the unit of that name. */
void set_unit(struct pci_function *function, const char *name);

/* Gives the host a group of functions (names apart by spaces) with these reserved_regions; NULL for
 * a list that was not read. */
struct iommu_group *add_group(struct topology *topology, uint32_t id, const char *names,
			      const char *reserved_regions);

#endif

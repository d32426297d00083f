/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/acpi.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

enum { LENGTH_OFFSET = 4, CHECKSUM_OFFSET = 9, SECOND_HEADER_SIZE = 12, LARGEST_DAMAGED = 8192 };

void table_begin(struct test_table *table, const char *signature, size_t length)
{
	memset(table, 0, sizeof(*table));
	memcpy(table->bytes, signature, 4);
	table->length = length;
}

void table_begin_dmar(struct test_table *table, uint8_t flags)
{
	table_begin(table, "DMAR", ACPI_HEADER_SIZE + SECOND_HEADER_SIZE);
	table->bytes[36] = 38;
	table->bytes[37] = flags;
}

void table_begin_ivrs(struct test_table *table, uint32_t ivinfo)
{
	table_begin(table, "IVRS", ACPI_HEADER_SIZE + SECOND_HEADER_SIZE);
	for (int i = 0; i < 4; i++)
		table->bytes[36 + i] = (uint8_t)(ivinfo >> 8 * i);
}

void table_begin_madt(struct test_table *table)
{
	table_begin(table, "APIC", ACPI_HEADER_SIZE + 8);
}

void table_begin_iort(struct test_table *table, uint8_t nodes)
{
	enum { COUNT_OFFSET = 36, OFFSET_OFFSET = 40 };

	table_begin(table, "IORT", ACPI_HEADER_SIZE + SECOND_HEADER_SIZE);
	table->bytes[COUNT_OFFSET] = nodes;
	table->bytes[OFFSET_OFFSET] = (uint8_t)table->length;
}

void table_begin_viot(struct test_table *table, uint8_t nodes)
{
	enum { COUNT_OFFSET = 36, OFFSET_OFFSET = 38 };

	table_begin(table, "VIOT", ACPI_HEADER_SIZE + SECOND_HEADER_SIZE);
	table->bytes[COUNT_OFFSET] = nodes;
	table->bytes[OFFSET_OFFSET] = (uint8_t)table->length;
}

size_t table_add(struct test_table *table, const char *hex)
{
	size_t start = table->length;

	while (*hex) {
		const char digits[] = {hex[0], hex[1], '\0'};
		assert_true(isxdigit((unsigned char)hex[0]) && isxdigit((unsigned char)hex[1]));
		assert_true(table->length < sizeof(table->bytes));
		table->bytes[table->length++] = (uint8_t)strtoul(digits, NULL, 16);
		hex += 2;
		while (*hex == ' ')
			hex++;
	}
	return start;
}

struct fact_text table_finish(struct test_table *table, const char *source)
{
	uint8_t sum = 0;

	for (int i = 0; i < 4; i++)
		table->bytes[LENGTH_OFFSET + i] = (uint8_t)(table->length >> 8 * i);
	table->bytes[CHECKSUM_OFFSET] = 0;
	for (size_t i = 0; i < table->length; i++)
		sum = (uint8_t)(sum + table->bytes[i]);
	table->bytes[CHECKSUM_OFFSET] = (uint8_t)-sum;
	return known_bytes(source, table->bytes, table->length);
}

static struct test_table *new_table(struct paper *paper)
{
	struct test_table *table = arena_alloc(paper->arena, sizeof(*table));

	assert_non_null(table);
	return table;
}

struct test_table *set_dmar(struct paper *paper, uint8_t flags, const char *structures)
{
	struct test_table *table = new_table(paper);

	table_begin_dmar(table, flags);
	table_add(table, structures);
	paper->host.acpi.dmar = table_finish(table, "/sys/firmware/acpi/tables/DMAR");
	return table;
}

struct test_table *set_ivrs(struct paper *paper, const char *blocks)
{
	struct test_table *table = new_table(paper);

	table_begin_ivrs(table, 0);
	table_add(table, blocks);
	paper->host.acpi.ivrs = table_finish(table, "/sys/firmware/acpi/tables/IVRS");
	paper->host.cpu.vendor = CPU_AMD;
	return table;
}

struct test_table *set_madt(struct paper *paper, const char *entries)
{
	struct test_table *table = new_table(paper);

	table_begin_madt(table);
	table_add(table, entries);
	paper->host.acpi.madt = table_finish(table, "/sys/firmware/acpi/tables/APIC");
	return table;
}

struct test_table *set_iort(struct paper *paper, uint8_t count, const char *nodes)
{
	struct test_table *table = new_table(paper);

	table_begin_iort(table, count);
	table_add(table, nodes);
	paper->host.acpi.iort = table_finish(table, "/sys/firmware/acpi/tables/IORT");
	paper->host.acpi.directory.fact = known("/sys/firmware/acpi/tables");
	paper->host.cpu.architecture = "aarch64";
	paper->host.cpu.vendor = CPU_OTHER;
	return table;
}

struct test_table *set_viot(struct paper *paper, uint8_t count, const char *nodes)
{
	struct test_table *table = new_table(paper);

	table_begin_viot(table, count);
	table_add(table, nodes);
	paper->host.acpi.viot = table_finish(table, "/sys/firmware/acpi/tables/VIOT");
	return table;
}

struct pci_function *add_virtio_iommu(struct paper *paper)
{
	struct pci_function *function =
		add_express(paper, "0000:00:01.0", NULL, EXPRESS_INTEGRATED_ENDPOINT);

	set_ids(function, 0x1af4, 0x1057);
	return function;
}

static bool is_clean_copy(struct arena *arena, const uint8_t *bytes, size_t length,
			  table_is_clean *is_clean)
{
	uint8_t *copy = malloc(length ? length : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	bool clean = is_clean(arena, copy, length);
	free(copy);
	return clean;
}

static void expect_change_is_seen(struct arena *arena, const uint8_t *bytes, size_t length,
				  size_t at, table_is_clean *is_clean)
{
	uint8_t changed[LARGEST_DAMAGED];

	memcpy(changed, bytes, length);
	for (unsigned value = 1; value < 256; value <<= 1) {
		changed[at] = (uint8_t)(bytes[at] ^ value);
		assert_false(is_clean_copy(arena, changed, length, is_clean));
	}
	changed[at] = bytes[at] ? 0 : 0xff;
	assert_false(is_clean_copy(arena, changed, length, is_clean));
	/* With the checksum made right again nothing tells, but nothing may break either. */
	changed[CHECKSUM_OFFSET] = (uint8_t)(changed[CHECKSUM_OFFSET] + bytes[at] - changed[at]);
	is_clean_copy(arena, changed, length, is_clean);
}

void expect_damage_is_seen(const uint8_t *bytes, size_t length, table_is_clean *is_clean)
{
	struct arena *arena = arena_new();

	assert_non_null(arena);
	assert_true(length <= LARGEST_DAMAGED);
	for (size_t cut = 0; cut < length; cut++)
		assert_false(is_clean_copy(arena, bytes, cut, is_clean));
	for (size_t at = 0; at < length; at++)
		expect_change_is_seen(arena, bytes, length, at, is_clean);
	arena_free(arena);
}

size_t expect_damage_is_seen_in(const char *folder, const char *beginning, table_is_clean *is_clean)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	if (!directory)
		skip();
	while ((entry = readdir(directory))) {
		uint8_t bytes[LARGEST_DAMAGED];
		char path[512];
		if (strncmp(entry->d_name, beginning, strlen(beginning)) != 0 ||
		    !strstr(entry->d_name, ".dat"))
			continue;
		test_row("%s", entry->d_name);
		count++;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		FILE *file = fopen(path, "rb");
		assert_non_null(file);
		expect_damage_is_seen(bytes, fread(bytes, 1, sizeof(bytes), file), is_clean);
		fclose(file);
	}
	closedir(directory);
	return count;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/madt.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"

#define IOAPIC_2 "01 0c 02 00 0000c0fe 00000000"
#define IOAPIC_8 "01 0c 08 00 0010c0fe 18000000"
#define CPU      "00 08 00 00 01000000"

static struct madt decode(const struct test_table *table)
{
	struct madt madt;

	assert_int_equal(madt_decode(table->bytes, table->length, &madt), 0);
	return madt;
}

static void ioapics_are_found_among_other_entries(void **state)
{
	struct test_table table;

	(void)state;
	table_begin_madt(&table);
	table_add(&table, CPU IOAPIC_2 CPU IOAPIC_8 CPU);
	table_finish(&table, "APIC");
	struct madt madt = decode(&table);
	assert_true(madt.intact);
	assert_true(madt.complete);
	assert_int_equal(madt.count, 2);
	assert_int_equal(madt.ioapics[0].id, 2);
	assert_int_equal(madt.ioapics[0].address, 0xfec00000);
	assert_int_equal(madt.ioapics[1].interrupt_base, 0x18);
}

static void parts_of_arms_gic_are_counted(void **state)
{
	static const char frame[] = "0d 18 0000 00000000 0000020800000000 00000000 4000 5000";
	static const char its[] = "0f 14 0000 00000000 0000080800000000 00000000";
	struct test_table table;

	(void)state;
	table_begin_madt(&table);
	table_add(&table, frame);
	table_add(&table, its);
	table_add(&table, its);
	table_finish(&table, "APIC");
	struct madt madt = decode(&table);
	assert_true(madt.complete);
	assert_int_equal(madt.gic_msi_frames, 1);
	assert_int_equal(madt.gic_its, 2);

	table_begin_madt(&table);
	table_add(&table, "0f 10 0000 00000000 0000080800000000");
	table_finish(&table, "APIC");
	assert_false(decode(&table).complete);
}

static void a_bad_length_leaves_the_list_incomplete(void **state)
{
	static const char *const bad[] = {
		IOAPIC_2 "00 00",
		IOAPIC_2 "00 01",
		IOAPIC_2 "00",
		IOAPIC_2 "00 09 00",
		IOAPIC_2 "01 08 03 00 00000000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		test_row("%s", bad[i]);
		struct test_table table;
		table_begin_madt(&table);
		table_add(&table, bad[i]);
		table_finish(&table, "APIC");
		struct madt madt = decode(&table);
		assert_false(madt.complete);
		assert_int_equal(madt.count, 1);
	}
}

static void more_ioapics_than_ids_leave_the_list_incomplete(void **state)
{
	struct test_table table;

	(void)state;
	table_begin_madt(&table);
	for (size_t i = 0; i <= MADT_MOST_IOAPICS; i++)
		table_add(&table, IOAPIC_2);
	table_finish(&table, "APIC");
	struct madt madt = decode(&table);
	assert_false(madt.complete);
	assert_int_equal(madt.count, MADT_MOST_IOAPICS);
}

static void a_cut_table_is_never_complete(void **state)
{
	struct test_table table;

	(void)state;
	table_begin_madt(&table);
	table_add(&table, CPU IOAPIC_2);
	table_finish(&table, "APIC");
	for (size_t cut = 0; cut < table.length; cut++) {
		uint8_t *copy = malloc(cut ? cut : 1);
		struct madt madt = {0};
		assert_non_null(copy);
		memcpy(copy, table.bytes, cut);
		madt_decode(copy, cut, &madt);
		assert_false(madt.complete);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ioapics_are_found_among_other_entries),
		cmocka_unit_test(parts_of_arms_gic_are_counted),
		cmocka_unit_test(a_bad_length_leaves_the_list_incomplete),
		cmocka_unit_test(more_ioapics_than_ids_leave_the_list_incomplete),
		cmocka_unit_test(a_cut_table_is_never_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

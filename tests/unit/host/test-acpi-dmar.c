/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/dmar.h"

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"

/* A DRHD of segment 0 at 0xfed90000 with one scope: endpoint 00:02.0. */
#define DRHD "0000 1800 00 00 0000 0000d9fe00000000 01 08 00 00 00 00 0200"
/* One at 0xfed91000 with INCLUDE_PCI_ALL and IOAPIC 2. */
#define CATCH "0000 1800 01 00 0000 0010d9fe00000000 03 08 00 00 02 f0 1f00"

static struct dmar decode(struct arena *arena, const struct test_table *table)
{
	struct dmar dmar;

	assert_int_equal(dmar_decode(arena, table->bytes, table->length, &dmar), 0);
	assert_false(arena_failed(arena));
	return dmar;
}

static void the_header_has_width_and_flags(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_dmar(&table, DMAR_INTERRUPT_REMAPPING | DMAR_PLATFORM_OPT_IN);
	table_add(&table, CATCH);
	table_finish(&table, "DMAR");
	struct dmar dmar = decode(paper->arena, &table);
	assert_true(dmar.intact);
	assert_true(dmar_accepted(&dmar));
	assert_int_equal(dmar.host_address_width, 39);
	assert_int_equal(dmar.flags, DMAR_INTERRUPT_REMAPPING | DMAR_PLATFORM_OPT_IN);
	assert_int_equal(dmar.defects.count, 0);
}

static void every_structure_is_decoded(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_dmar(&table, 0);
	table_add(&table, "0000 2200 00 03 0100 0000d9fe00000000"
			  "02 0a 01 00 00 07 1c00 0001"
			  "01 08 00 00 00 00 0200");
	table_add(&table, "0100 1800 0000 0100 00002e3e00000000 ffff2f3e00000000");
	table_add(&table, "0200 0800 01 00 0200");
	table_add(&table, "0300 1400 00000000 0000d9fe00000000 03000000");
	table_add(&table, "0400 0f00 000000 05 5c5f53422e4100");
	table_add(&table, "0500 0800 01 00 0300");
	table_add(&table, "0600 0800 0000 0400");
	table_add(&table, "0900 0600 abcd");
	table_finish(&table, "DMAR");
	struct dmar dmar = decode(paper->arena, &table);
	assert_int_equal(dmar.defects.count, 0);
	assert_int_equal(dmar.count, 8);
	const struct dmar_structure *of = dmar.structures;
	assert_int_equal(of[0].type, DMAR_DRHD);
	assert_int_equal(of[0].segment, 1);
	assert_int_equal(of[0].size, 3);
	assert_int_equal(of[0].base, 0xfed90000);
	assert_int_equal(of[0].scope_count, 2);
	assert_int_equal(of[0].scopes[0].type, DMAR_SCOPE_BRIDGE);
	assert_int_equal(of[0].scopes[0].flags, 1);
	assert_int_equal(of[0].scopes[0].start_bus, 7);
	assert_int_equal(of[0].scopes[0].depth, 2);
	assert_int_equal(of[0].scopes[0].path[0].device, 0x1c);
	assert_int_equal(of[0].scopes[0].path[1].function, 1);
	assert_int_equal(of[1].base, 0x3e2e0000);
	assert_int_equal(of[1].end, 0x3e2fffff);
	assert_int_equal(of[2].flags, 1);
	assert_int_equal(of[2].segment, 2);
	assert_int_equal(of[3].proximity_domain, 3);
	assert_int_equal(of[4].device_number, 5);
	assert_string_equal(of[4].name, "\\_SB.A");
	assert_int_equal(of[5].segment, 3);
	assert_int_equal(of[6].segment, 4);
	assert_int_equal(of[7].type, 9);
	assert_int_equal(of[7].length, 6);
	assert_null(dmar_type_name(of[7].type));
}

struct defect_case {
	const char *name;
	const char *structures; /* behind a sound DRHD */
	enum dmar_defect defect;
	enum acpi_consequence consequence;
};

/* What the kernel does with bad content: drivers/iommu/intel/dmar.c. */
static const struct defect_case defect_cases[] = {
	{"a structure of length 0 ends the walk", "0500 0000 01 00 0300", DMAR_ZERO_LENGTH,
	 ACPI_REST_IGNORED},
	{"a structure past the end refuses the table", "0500 0900 01 00 0300", DMAR_PAST_END,
	 ACPI_REFUSED},
	{"half a head is past the end", "0500", DMAR_PAST_END, ACPI_REFUSED},
	{"a DRHD too short for its base", "0000 0800 00 00 0000", DMAR_SHORT_STRUCTURE,
	 ACPI_UNDEFINED},
	{"an RMRR too short for its end", "0100 1000 0000 0000 0000000000000000",
	 DMAR_SHORT_STRUCTURE, ACPI_UNDEFINED},
	{"a scope of length 0", "0500 1000 00 00 0000 01 00 00 00 00 00 0200",
	 DMAR_BAD_SCOPE_LENGTH, ACPI_UNDEFINED},
	{"a scope of length 5", "0500 1000 00 00 0000 01 05 00 00 00 00 0200",
	 DMAR_BAD_SCOPE_LENGTH, ACPI_UNDEFINED},
	{"a scope that leaves its structure", "0500 1000 00 00 0000 01 09 00 00 00 00 0200",
	 DMAR_BAD_SCOPE_LENGTH, ACPI_UNDEFINED},
	{"a scope of a reserved type", "0500 1000 00 00 0000 06 08 00 00 00 00 0200",
	 DMAR_UNKNOWN_SCOPE, ACPI_IGNORED},
	{"registers at address 0", "0000 1000 00 00 0000 0000000000000000", DMAR_NO_REGISTERS,
	 ACPI_REFUSED},
	{"registers of all ones", "0000 1000 00 00 0000 ffffffffffffffff", DMAR_FAR_REGISTERS,
	 ACPI_REFUSED},
	{"registers beyond the address width", "0000 1000 00 00 0000 0000000000800000",
	 DMAR_FAR_REGISTERS, ACPI_REFUSED},
	{"registers within a page", "0000 1000 00 00 0000 0008d9fe00000000",
	 DMAR_UNALIGNED_REGISTERS, ACPI_USED_ANYWAY},
	{"two units for all of a segment",
	 "0000 1000 01 00 0000 0010d9fe00000000 0000 1000 01 00 0000 0020d9fe00000000",
	 DMAR_SECOND_CATCH_ALL, ACPI_USED_ANYWAY},
	{"the same unit twice", DRHD, DMAR_DUPLICATE_UNIT, ACPI_IGNORED},
	{"a name without NUL", "0400 0b00 000000 01 414243", DMAR_UNTERMINATED_NAME, ACPI_REFUSED},
	{"a name of no bytes", "0400 0800 000000 01", DMAR_UNTERMINATED_NAME, ACPI_REFUSED},
	{"affinity of an unknown unit", "0300 1400 00000000 00f0d9fe00000000 00000000",
	 DMAR_UNKNOWN_AFFINITY, ACPI_IGNORED},
	{"a region that starts within a page",
	 "0100 1800 0000 0000 01002e3e00000000 ffff2f3e00000000", DMAR_BAD_RESERVED_REGION,
	 ACPI_USED_ANYWAY},
	{"a region that ends within a page",
	 "0100 1800 0000 0000 00002e3e00000000 feff2f3e00000000", DMAR_BAD_RESERVED_REGION,
	 ACPI_USED_ANYWAY},
	{"a region that ends before it begins",
	 "0100 1800 0000 0000 00002e3e00000000 ffff2d3e00000000", DMAR_BAD_RESERVED_REGION,
	 ACPI_USED_ANYWAY},
};

static void each_defect_has_the_kernels_consequence(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(defect_cases) / sizeof(defect_cases[0]); i++) {
		test_row("%s", defect_cases[i].name);
		const struct defect_case *row = &defect_cases[i];
		struct test_table table;
		table_begin_dmar(&table, 0);
		table_add(&table, DRHD);
		size_t at = table_add(&table, row->structures);
		table_finish(&table, "DMAR");
		struct dmar dmar = decode(paper->arena, &table);
		if (dmar.defects.count != 1 || dmar.defects.items[0].kind != (int)row->defect ||
		    dmar.defects.items[0].offset < at)
			fail_msg("%s: %zu defects, the first of kind %d", row->name,
				 dmar.defects.count, dmar.defects.items[0].kind);
		assert_int_equal(dmar_consequence(row->defect), row->consequence);
		assert_int_equal(dmar_accepted(&dmar), row->consequence != ACPI_REFUSED);
		assert_int_equal(dmar.structures[0].base, 0xfed90000);
	}
}

static void a_width_below_12_bits_refuses_the_table(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_dmar(&table, 0);
	table.bytes[36] = 10;
	table_add(&table, DRHD);
	table_finish(&table, "DMAR");
	struct dmar dmar = decode(paper->arena, &table);
	assert_int_equal(dmar.defects.items[0].kind, DMAR_BAD_WIDTH);
	assert_false(dmar_accepted(&dmar));
}

static void a_table_without_units_is_of_no_use(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_dmar(&table, 0);
	table_finish(&table, "DMAR");
	struct dmar dmar = decode(paper->arena, &table);
	assert_int_equal(dmar.defects.items[0].kind, DMAR_NO_UNIT);
	assert_false(dmar_accepted(&dmar));
}

static void a_wrong_checksum_is_told_and_the_table_used(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_dmar(&table, 0);
	table_add(&table, DRHD);
	table_finish(&table, "DMAR");
	table.bytes[9]++;
	struct dmar dmar = decode(paper->arena, &table);
	assert_int_equal(dmar.defects.items[0].kind, DMAR_BAD_CHECKSUM);
	assert_true(dmar_accepted(&dmar));
}

static void bytes_behind_the_table_are_told(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_dmar(&table, 0);
	table_add(&table, DRHD);
	table_finish(&table, "DMAR");
	table.length++;
	struct dmar dmar = decode(paper->arena, &table);
	assert_int_equal(dmar.defects.items[0].kind, DMAR_TRAILING_BYTES);
}

static void the_first_of_each_kind_is_kept_when_the_list_of_defects_is_full(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_dmar(&table, 0);
	for (size_t i = 0; i < ACPI_MOST_DEFECTS + 2; i++)
		table_add(&table, DRHD);
	table_add(&table, "0400 0800 000000 01");
	table_finish(&table, "DMAR");
	struct dmar dmar = decode(paper->arena, &table);
	assert_int_equal(dmar.defects.count, ACPI_MOST_DEFECTS + 1);
	assert_int_equal(dmar.defects.items[ACPI_MOST_DEFECTS].kind, DMAR_UNTERMINATED_NAME);
	assert_false(dmar_accepted(&dmar));
}

static bool is_clean(struct arena *arena, const uint8_t *bytes, size_t length)
{
	struct dmar dmar;

	return dmar_decode(arena, bytes, length, &dmar) == 0 && dmar.intact &&
	       dmar.defects.count == 0;
}

static void a_cut_or_changed_table_is_never_clean(void **state)
{
	struct test_table table;

	(void)state;
	table_begin_dmar(&table, 1);
	table_add(&table, DRHD);
	table_add(&table, CATCH);
	table_add(&table, "0400 0f00 000000 05 5c5f53422e4100");
	table_finish(&table, "DMAR");
	expect_damage_is_seen(table.bytes, table.length, is_clean);
}

static void no_table_of_the_shared_data_is_clean_once_cut_or_changed(void **state)
{
	(void)state;
	assert_true(expect_damage_is_seen_in(PASSCHECK_SHARED_DATA "/acpi", "dmar", is_clean) >
		    100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_has_width_and_flags),
		cmocka_unit_test(every_structure_is_decoded),
		cmocka_unit_test(each_defect_has_the_kernels_consequence),
		cmocka_unit_test(a_width_below_12_bits_refuses_the_table),
		cmocka_unit_test(a_table_without_units_is_of_no_use),
		cmocka_unit_test(a_wrong_checksum_is_told_and_the_table_used),
		cmocka_unit_test(bytes_behind_the_table_are_told),
		cmocka_unit_test(the_first_of_each_kind_is_kept_when_the_list_of_defects_is_full),
		cmocka_unit_test(a_cut_or_changed_table_is_never_clean),
		cmocka_unit_test(no_table_of_the_shared_data_is_clean_once_cut_or_changed),
	};

	return cmocka_run_group_tests(tests, paper_setup, paper_teardown);
}

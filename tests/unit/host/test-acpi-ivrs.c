/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/ivrs.h"

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"

enum { CHECKSUM_OFFSET = 9 };

/* The head of an IVHD of type 0x10 for IOMMU 00:00.2 at 0xfeb80000; its length is the first blank.
 */
#define IVHD_10(length) "10 30 " length " 0200 4000 0000b8fe00000000 0000 0000 00000000"

/* As the former, of type 0x11 and 0x40, with EFR 0x22 and EFR2 0x33. */
#define IVHD_EFR(type, length)                                                                     \
	type " 30 " length " 0200 4000 0000b8fe00000000 0000 0000 00000000"                        \
	     "2200000000000000 3300000000000000"

static struct ivrs decode(struct arena *arena, const struct test_table *table)
{
	struct ivrs ivrs;

	assert_int_equal(ivrs_decode(arena, table->bytes, table->length, &ivrs), 0);
	assert_false(arena_failed(arena));
	return ivrs;
}

static void an_ivhd_and_its_entries_are_decoded(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_ivrs(&table, 0x00203043);
	table_add(&table, IVHD_EFR("40", "7900"));
	table_add(&table, "00 0000 00  01 0000 d7  02 0800 00");
	table_add(&table, "03 1000 00  04 ff00 00");
	table_add(&table, "42 0002 00 00 a500 00");
	table_add(&table, "43 00ff 00 00 a500 00  04 ffff 00");
	table_add(&table, "46 0003 00 44332211");
	table_add(&table, "48 0000 d7 21 a000 01");
	table_add(&table, "f0 a500 40 414d444930303230 0000000000000000 02 03 415c42");
	table_finish(&table, "IVRS");
	struct ivrs ivrs = decode(paper->arena, &table);
	assert_true(ivrs_accepted(&ivrs));
	assert_int_equal(ivrs.defects.count, 0);
	assert_int_equal(ivrs.ivinfo, 0x00203043);
	assert_int_equal(ivrs.count, 1);
	const struct ivrs_block *ivhd = &ivrs.blocks[0];
	assert_true(ivhd->chosen);
	assert_int_equal(ivhd->flags, 0x30);
	assert_int_equal(ivhd->device_id, 2);
	assert_int_equal(ivhd->capability_offset, 0x40);
	assert_int_equal(ivhd->base, 0xfeb80000);
	assert_int_equal(ivhd->efr, 0x22);
	assert_int_equal(ivhd->efr2, 0x33);
	assert_int_equal(ivhd->entry_count, 11);
	const struct ivrs_entry *of = ivhd->entries;
	assert_int_equal(of[1].setting, 0xd7);
	assert_int_equal(of[2].device_id, 8);
	assert_int_equal(of[5].type, IVRS_ENTRY_ALIAS_SELECT);
	assert_int_equal(of[5].device_id, 0x200);
	assert_int_equal(of[5].alias, 0xa5);
	assert_int_equal(of[8].extended, 0x11223344);
	assert_int_equal(of[9].handle, 0x21);
	assert_int_equal(of[9].alias, 0xa0);
	assert_int_equal(of[9].variety, IVRS_SPECIAL_IOAPIC);
	assert_string_equal(of[10].hid, "AMDI0020");
	assert_string_equal(of[10].cid, "");
	assert_int_equal(of[10].uid_format, IVRS_UID_STRING);
	assert_memory_equal(of[10].uid, "A\\B", 3);
}

static void an_ivmd_is_decoded(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_ivrs(&table, 0);
	table_add(&table, IVHD_10("1800"));
	table_add(&table, "22 08 2000 0001 ff01 0100 000000000000 0020f4c900000000 "
			  "0060020000000000");
	table_finish(&table, "IVRS");
	struct ivrs ivrs = decode(paper->arena, &table);
	assert_int_equal(ivrs.defects.count, 0);
	const struct ivrs_block *ivmd = &ivrs.blocks[1];
	assert_int_equal(ivmd->flags, IVMD_EXCLUSION);
	assert_int_equal(ivmd->device_id, 0x100);
	assert_int_equal(ivmd->last_device_id, 0x1ff);
	assert_int_equal(ivmd->segment, 1);
	assert_int_equal(ivmd->start, 0xc9f42000);
	assert_int_equal(ivmd->memory_length, 0x26000);
}

static void the_type_of_the_last_block_of_the_first_iommu_is_chosen(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_ivrs(&table, 0);
	table_add(&table, IVHD_10("1800"));
	table_add(&table, IVHD_EFR("40", "2800"));
	table_add(&table, IVHD_EFR("11", "2800"));
	table_finish(&table, "IVRS");
	struct ivrs ivrs = decode(paper->arena, &table);
	assert_int_equal(ivrs.chosen_type, IVRS_IVHD_EFR);
	assert_false(ivrs.blocks[0].chosen);
	assert_false(ivrs.blocks[1].chosen);
	assert_true(ivrs.blocks[2].chosen);
}

static void the_choice_ends_at_a_type_beyond_those_supported(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_ivrs(&table, 0);
	table_add(&table, IVHD_10("1800"));
	table_add(&table, "51 00 0800 0200 4000");
	table_add(&table, IVHD_EFR("40", "2800"));
	table_finish(&table, "IVRS");
	struct ivrs ivrs = decode(paper->arena, &table);
	assert_int_equal(ivrs.chosen_type, IVRS_IVHD_LEGACY);
	assert_int_equal(ivrs.count, 3);
	assert_int_equal(ivrs.blocks[1].type, 0x51);
	assert_int_equal(ivrs.blocks[1].length, 8);
}

struct defect_case {
	const char *name;
	const char *blocks;
	enum ivrs_defect defect;
	enum acpi_consequence consequence;
};

#define SOUND IVHD_10("1800")

/* What the kernel does with bad content: drivers/iommu/amd/init.c. */
static const struct defect_case defect_cases[] = {
	{"a block of length 0", SOUND "21 08 0000 0001", IVRS_ZERO_LENGTH, ACPI_UNDEFINED},
	{"a block past the end", SOUND "51 00 0900 0001", IVRS_PAST_END, ACPI_UNDEFINED},
	{"half a head", SOUND "51", IVRS_PAST_END, ACPI_UNDEFINED},
	{"an IVMD too short", SOUND "21 08 0800 0001 0000", IVRS_SHORT_BLOCK, ACPI_UNDEFINED},
	{"an entry type without length", IVHD_10("1c00") "80 0000 00", IVRS_BAD_ENTRY_LENGTH,
	 ACPI_UNDEFINED},
	{"an entry that leaves its block", IVHD_10("1c00") "42 0000 00", IVRS_BAD_ENTRY_LENGTH,
	 ACPI_UNDEFINED},
	{"an unknown entry", IVHD_10("2000") "44 0000 00 00000000", IVRS_UNKNOWN_ENTRY,
	 ACPI_IGNORED},
	{"a range without end", IVHD_10("1c00") "03 0800 00", IVRS_OPEN_RANGE, ACPI_USED_ANYWAY},
	{"a range without start", IVHD_10("1c00") "04 0800 00", IVRS_OPEN_RANGE, ACPI_USED_ANYWAY},
	{"an ACPI device outside type 0x40",
	 IVHD_10("2e00") "f0 a500 40 414d444930303230 0000000000000000 00 00", IVRS_BAD_HID,
	 ACPI_IGNORED},
	{"an ACPI device without name",
	 IVHD_EFR("40", "3e00") "f0 a500 40 0000000000000000 0000000000000000 00 00", IVRS_BAD_HID,
	 ACPI_IGNORED},
	{"an ACPI device with a UID, and without",
	 IVHD_EFR("40", "3f00") "f0 a500 40 414d444930303230 0000000000000000 00 01 41",
	 IVRS_BAD_UID, ACPI_USED_ANYWAY},
	{"an ACPI device with a UID of an unknown format",
	 IVHD_EFR("40", "3f00") "f0 a500 40 414d444930303230 0000000000000000 03 01 41",
	 IVRS_BAD_UID, ACPI_USED_ANYWAY},
	{"a special device of an unknown variety", IVHD_10("2000") "48 0000 d7 21 a000 00",
	 IVRS_BAD_SPECIAL, ACPI_REFUSED},
	{"registers at address 0", "10 30 1800 0200 4000 0000000000000000 0000 0000 00000000",
	 IVRS_NO_REGISTERS, ACPI_REFUSED},
	{"memory alone", "21 08 2000 0001 0000 0000000000000000 0020f4c900000000 0060020000000000",
	 IVRS_NO_UNIT, ACPI_REFUSED},
	{"nothing", "", IVRS_NO_UNIT, ACPI_REFUSED},
};

static void each_defect_has_the_kernels_consequence(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(defect_cases) / sizeof(defect_cases[0]); i++) {
		test_row("%s", defect_cases[i].name);
		const struct defect_case *row = &defect_cases[i];
		struct test_table table;
		table_begin_ivrs(&table, 0);
		table_add(&table, row->blocks);
		table_finish(&table, "IVRS");
		struct ivrs ivrs = decode(paper->arena, &table);
		if (ivrs.defects.count != 1 || ivrs.defects.items[0].kind != (int)row->defect)
			fail_msg("%s: %zu defects, the first of kind %d", row->name,
				 ivrs.defects.count, ivrs.defects.items[0].kind);
		assert_int_equal(ivrs_consequence(row->defect), row->consequence);
		assert_int_equal(ivrs_accepted(&ivrs), row->consequence != ACPI_REFUSED);
	}
}

static void entries_of_blocks_that_the_kernel_skips_are_no_defects(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_ivrs(&table, 0);
	table_add(&table, IVHD_10("1c00") "03 0800 00");
	table_add(&table, IVHD_EFR("11", "2800"));
	table_finish(&table, "IVRS");
	assert_int_equal(decode(paper->arena, &table).defects.count, 0);
}

static void a_wrong_checksum_refuses_the_table(void **state)
{
	struct paper *paper = *state;
	struct test_table table;

	table_begin_ivrs(&table, 0);
	table_add(&table, IVHD_10("1800"));
	table_finish(&table, "IVRS");
	table.bytes[CHECKSUM_OFFSET]++;
	struct ivrs ivrs = decode(paper->arena, &table);
	assert_int_equal(ivrs.defects.items[0].kind, IVRS_BAD_CHECKSUM);
	assert_false(ivrs_accepted(&ivrs));
}

static bool is_clean(struct arena *arena, const uint8_t *bytes, size_t length)
{
	struct ivrs ivrs;

	return ivrs_decode(arena, bytes, length, &ivrs) == 0 && ivrs.intact &&
	       ivrs.defects.count == 0;
}

static void a_cut_or_changed_table_is_never_clean(void **state)
{
	struct test_table table;

	(void)state;
	table_begin_ivrs(&table, 0);
	table_add(&table, IVHD_10("1c00") "01 0000 00");
	table_add(&table, IVHD_EFR("40", "4100"));
	table_add(&table, "f0 a500 40 414d444930303230 0000000000000000 02 03 415c42");
	table_finish(&table, "IVRS");
	expect_damage_is_seen(table.bytes, table.length, is_clean);
}

static void no_table_of_the_shared_data_is_clean_once_cut_or_changed(void **state)
{
	(void)state;
	assert_true(expect_damage_is_seen_in(PASSCHECK_SHARED_DATA "/acpi", "ivrs", is_clean) > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ivhd_and_its_entries_are_decoded),
		cmocka_unit_test(an_ivmd_is_decoded),
		cmocka_unit_test(the_type_of_the_last_block_of_the_first_iommu_is_chosen),
		cmocka_unit_test(the_choice_ends_at_a_type_beyond_those_supported),
		cmocka_unit_test(each_defect_has_the_kernels_consequence),
		cmocka_unit_test(entries_of_blocks_that_the_kernel_skips_are_no_defects),
		cmocka_unit_test(a_wrong_checksum_refuses_the_table),
		cmocka_unit_test(a_cut_or_changed_table_is_never_clean),
		cmocka_unit_test(no_table_of_the_shared_data_is_clean_once_cut_or_changed),
	};

	return cmocka_run_group_tests(tests, paper_setup, paper_teardown);
}

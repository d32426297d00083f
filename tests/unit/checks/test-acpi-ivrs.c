/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/defect.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define IVHD "10 00 1c00 0200 4000 0000b8fe00000000 0000 0000 00000000 01 0000 00"

static void an_ivrs_that_is_not_seen_may_be_there(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_AMD;
	paper->host.acpi.directory.fact = absent("/sys/firmware/acpi/tables");
	const struct finding *finding =
		expect_host_finding(paper, "acpi-ivrs.hidden", FINDING_UNKNOWN);
	assert_string_equal(finding->summary, "the IVRS table cannot be seen, and maybe there is "
					      "one");
	assert_true(has_evidence(finding, "/sys/firmware/acpi/tables"));
	paper->host.acpi.directory.fact = known("/sys/firmware/acpi/tables");
	add_unit(paper, "ivhd0", IOMMU_AMD_VI);
	finding = expect_host_finding(paper, "acpi-ivrs.hidden", FINDING_WARN);
	assert_string_equal(finding->summary, "the IVRS table cannot be seen, yet its units run");
}

static void a_cut_ivrs_is_no_fault_of_the_host(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD);
	paper->host.acpi.ivrs.length--;
	const struct finding *finding =
		expect_host_finding(paper, "acpi-ivrs.cut-short", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "75 bytes"));
	assert_string_equal(finding->remedy, "Capture the host again");
}

static void an_ivrs_of_wrong_signature_is_damaged(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD)->bytes[0] = 'X';
	const struct finding *finding =
		expect_host_finding(paper, "acpi-ivrs.malformed", FINDING_FAIL);
	assert_string_equal(finding->summary, "the IVRS table is damaged");
}

#define IVHD_10(length) "10 30 " length " 0200 4000 0000b8fe00000000 0000 0000 00000000"
#define IVHD_40(length)                                                                            \
	"40 30 " length " 0200 4000 0000b8fe00000000 0000 0000 00000000"                           \
	"0000000000000000 0000000000000000"
#define NO_CID "0000000000000000"

/* drivers/iommu/amd/init.c, Linux 7.0. */
static const struct defect_case ivrs_cases[] = {
	{"acpi-ivrs.zero-length", IVHD "21 08 0000 0001", FINDING_FAIL,
	 "the IVRS table has a block of length 0", "length 0x0 at offset 0x4c", UNDEFINED},
	{"acpi-ivrs.past-end", IVHD "51 00 0900 0001", FINDING_FAIL,
	 "a block leaves the IVRS table", "length 0x9 at offset 0x4c", UNDEFINED},
	{"acpi-ivrs.short-block", IVHD "21 08 0800 0001 0000", FINDING_FAIL,
	 "the IVRS table has a block that is too short for its type", "length 0x8 at offset 0x4c",
	 UNDEFINED},
	{"acpi-ivrs.no-unit",
	 "21 08 2000 0001 0000 0000000000000000 0020f4c900000000 0060020000000000", FINDING_FAIL,
	 "the IVRS table names no IOMMU that the kernel takes", "block type 0x21 at offset 0x30",
	 REFUSED},
	{"acpi-ivrs.no-registers", "10 30 1800 0200 4000 0000000000000000 0000 0000 00000000",
	 FINDING_FAIL, "the IVRS table puts an IOMMU's registers at address 0",
	 "register base 0x0 at offset 0x30", REFUSED},
	{"acpi-ivrs.entry-length", IVHD_10("1c00") "80 0000 00", FINDING_FAIL,
	 "the IVRS table has a device entry of impossible length", "type 0x80 at offset 0x48",
	 UNDEFINED},
	{"acpi-ivrs.entry-length", IVHD_10("1c00") "42 0000 00", FINDING_FAIL,
	 "the IVRS table has a device entry of impossible length", "type 0x42 at offset 0x48",
	 UNDEFINED},
	{"acpi-ivrs.entry-type", IVHD_10("2000") "44 0000 00 00000000", FINDING_WARN,
	 "the IVRS table has a device entry of an unknown type", "type 0x44 at offset 0x48",
	 IGNORED},
	{"acpi-ivrs.range", IVHD_10("1c00") "04 0800 00", FINDING_WARN,
	 "the IVRS table has a range of devices without start or end",
	 "device id 0x8 at offset 0x48", USED_ANYWAY},
	{"acpi-ivrs.acpi-device", IVHD_40("3e00") "f0 a500 40 0000000000000000" NO_CID "00 00",
	 FINDING_WARN, "the IVRS table has an ACPI device that the kernel does not take",
	 "device id 0xa5 at offset 0x58", IGNORED},
	{"acpi-ivrs.uid", IVHD_40("3f00") "f0 a500 40 414d444930303230" NO_CID "00 01 41",
	 FINDING_WARN, "the IVRS table has an ACPI device whose UID has no known form",
	 "device id 0xa5 at offset 0x58", USED_ANYWAY},
	{"acpi-ivrs.special-device", IVHD_10("2000") "48 0000 d7 21 a000 03", FINDING_FAIL,
	 "the IVRS table has a special device that is neither IOAPIC nor HPET",
	 "variety 0x3 at offset 0x48", REFUSED},
};

static void each_defect_of_an_ivrs_is_told_with_its_place_and_consequence(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(ivrs_cases) / sizeof(ivrs_cases[0]); i++) {
		test_row("%s", ivrs_cases[i].id);
		set_ivrs(paper, ivrs_cases[i].content);
		expect_defect(paper, &ivrs_cases[i]);
	}
}

static void the_kernel_wants_its_checksum_right(void **state)
{
	struct paper *paper = *state;
	struct test_table *table = set_ivrs(paper, IVHD);

	table->bytes[9]++;
	const struct defect_case row = {
		.id = "acpi-ivrs.checksum",
		.verdict = FINDING_FAIL,
		.what = "the IVRS table has a wrong checksum",
		.place = arena_printf(paper->arena, "checksum 0x%x at offset 0x9", table->bytes[9]),
		.consequence = REFUSED,
	};
	expect_defect(paper, &row);
}

static void bytes_behind_it_are_a_fault_of_the_capture(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD);
	paper->host.acpi.ivrs.length += 2;
	const struct finding *finding =
		expect_host_finding(paper, "acpi-ivrs.trailing-bytes", FINDING_WARN);
	assert_string_equal(
		finding->summary,
		"the IVRS table is followed by other bytes (length 0x2 at offset 0x4c): "
		"the kernel gives out the table alone, so the capture is damaged");
}

/* Not the kernel's limit, but passcheck's own: it says nothing of the kernel. */
static void of_a_table_without_measure_nothing_is_concluded(void **state)
{
	struct paper *paper = *state;
	struct test_table *table = set_ivrs(paper, IVHD);
	const struct defect_case row = {
		.id = "acpi-ivrs.too-many",
		.verdict = FINDING_UNKNOWN,
		.what = "the IVRS table has more entries than any real one",
		.place = "count 0x400 at offset 0x1048",
		.consequence = "passcheck has not looked at all of them",
	};

	for (size_t i = 0; i < IVRS_MOST_BLOCKS; i++)
		table_add(table, "51 00 0400");
	paper->host.acpi.ivrs = table_finish(table, "/sys/firmware/acpi/tables/IVRS");
	expect_defect(paper, &row);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_ivrs_that_is_not_seen_may_be_there),
		TEST(a_cut_ivrs_is_no_fault_of_the_host),
		TEST(an_ivrs_of_wrong_signature_is_damaged),
		TEST(each_defect_of_an_ivrs_is_told_with_its_place_and_consequence),
		TEST(the_kernel_wants_its_checksum_right),
		TEST(bytes_behind_it_are_a_fault_of_the_capture),
		TEST(of_a_table_without_measure_nothing_is_concluded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define DRHD "0000 1000 01 00 0000 0000d9fe00000000"
#define IVHD "10 00 1c00 0200 4000 0000b8fe00000000 0000 0000 00000000 01 0000 00"

static const struct finding *expect(struct paper *paper, const char *id,
				    enum finding_verdict verdict)
{
	const char *check = strncmp(id, "acpi-dmar", 9) == 0 ? "acpi-dmar" : "acpi-ivrs";

	return expect_finding(judge(paper->arena, check, &paper->host), id, verdict);
}

static void an_intel_host_without_tables_lacks_a_dmar(void **state)
{
	struct paper *paper = *state;
	const struct finding *finding = expect(paper, "acpi-dmar.absent", FINDING_FAIL);

	assert_non_null(strstr(finding->remedy, "firmware setup"));
	expect(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void an_amd_host_without_tables_lacks_an_ivrs(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_AMD;
	expect(paper, "acpi-ivrs.absent", FINDING_FAIL);
	expect(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

static void of_an_unknown_vendor_one_check_speaks_for_both(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_OTHER;
	const struct finding *finding = expect(paper, "acpi-dmar.absent", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "neither"));
	expect(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void a_virtual_machine_is_to_get_a_virtual_iommu(void **state)
{
	static const char *const flags[] = {"hypervisor", "lm"};
	struct paper *paper = *state;

	paper->host.cpu.flags = flags;
	paper->host.cpu.flag_count = 2;
	const struct finding *finding = expect(paper, "acpi-dmar.absent", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "virtual IOMMU"));
}

static void tables_do_not_apply_to_other_architectures(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.architecture = "aarch64";
	paper->host.cpu.vendor = CPU_OTHER;
	expect(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
	expect(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void an_amd_processor_with_a_dmar_has_vtd(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_AMD;
	set_dmar(paper, 1, DRHD);
	expect(paper, "acpi-dmar.present", FINDING_PASS);
	expect(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void a_table_that_may_not_be_read_is_there(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_OTHER;
	paper->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", 13);
	const struct finding *finding = expect(paper, "acpi-ivrs.unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->remedy, "Run passcheck as root");
	expect(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

static void a_folder_that_may_not_be_searched_tells_nothing(void **state)
{
	struct paper *paper = *state;

	paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", 13);
	paper->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", 13);
	expect(paper, "acpi-dmar.unreadable", FINDING_UNKNOWN);
}

static void where_no_table_is_seen_at_all_none_is_missed(void **state)
{
	struct paper *paper = *state;

	paper->host.acpi.directory.fact = absent("/sys/firmware/acpi/tables");
	expect(paper, "acpi-dmar.hidden", FINDING_UNKNOWN);
}

static void a_running_unit_shows_that_there_is_a_table(void **state)
{
	struct paper *paper = *state;

	add_unit(paper, "dmar0", IOMMU_VTD);
	expect(paper, "acpi-dmar.hidden", FINDING_WARN);
}

static void a_defect_that_stops_the_kernel_fails(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD "0400 0800 000000 01");
	const struct finding *finding = expect(paper, "acpi-dmar.name", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "neither DMA nor interrupt remapping"));
	assert_true(has_evidence(finding, "name length 0x0 at offset 0x40"));
	assert_string_equal(finding->remedy, "Update the firmware; if that does not help, its "
					     "maker must correct the DMAR table");
	assert_null(
		finding_of(judge(paper->arena, "acpi-dmar", &paper->host), "acpi-dmar.present"));
}

static void units_that_run_all_the_same_make_it_a_warning(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD "0400 0800 000000 01");
	add_unit(paper, "dmar0", IOMMU_VTD);
	const struct finding *finding = expect(paper, "acpi-dmar.name", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "yet dmar0 runs"));
}

static void a_defect_that_the_kernel_bears_warns_and_the_table_passes(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD DRHD);
	expect(paper, "acpi-dmar.duplicate-unit", FINDING_WARN);
	expect(paper, "acpi-dmar.present", FINDING_PASS);
}

static void each_kind_of_defect_is_told_once_with_all_places(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD DRHD DRHD);
	struct findings *findings = judge(paper->arena, "acpi-dmar", &paper->host);
	const struct finding *finding =
		expect_finding(findings, "acpi-dmar.duplicate-unit", FINDING_WARN);
	assert_int_equal(findings->count, 2);
	assert_non_null(finding->evidence->next);
}

static void a_cut_capture_is_no_fault_of_the_host(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD);
	paper->host.acpi.dmar.length--;
	expect(paper, "acpi-dmar.cut-short", FINDING_UNKNOWN);
	paper->host.acpi.dmar.length = 0;
	expect(paper, "acpi-dmar.cut-short", FINDING_UNKNOWN);
}

static void a_wrong_signature_is_a_damaged_table(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD)->bytes[0] = 'X';
	expect(paper, "acpi-dmar.malformed", FINDING_FAIL);
}

static void a_virtual_machine_has_its_tables_of_the_hypervisor(void **state)
{
	static const char *const flags[] = {"hypervisor", "lm"};
	struct paper *paper = *state;

	paper->host.cpu.flags = flags;
	paper->host.cpu.flag_count = 2;
	set_dmar(paper, 1, DRHD DRHD);
	const struct finding *finding = expect(paper, "acpi-dmar.duplicate-unit", FINDING_WARN);
	assert_string_equal(finding->remedy, "Update the hypervisor that makes the DMAR table");
}

static void an_ivrs_that_is_not_seen_may_be_there(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_AMD;
	paper->host.acpi.directory.fact = absent("/sys/firmware/acpi/tables");
	const struct finding *finding = expect(paper, "acpi-ivrs.hidden", FINDING_UNKNOWN);
	assert_string_equal(finding->summary, "the IVRS table cannot be seen, and maybe there is "
					      "one");
	assert_true(has_evidence(finding, "/sys/firmware/acpi/tables"));
	paper->host.acpi.directory.fact = known("/sys/firmware/acpi/tables");
	add_unit(paper, "ivhd0", IOMMU_AMD_VI);
	finding = expect(paper, "acpi-ivrs.hidden", FINDING_WARN);
	assert_string_equal(finding->summary, "the IVRS table cannot be seen, yet its units run");
}

static void a_cut_ivrs_is_no_fault_of_the_host(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD);
	paper->host.acpi.ivrs.length--;
	const struct finding *finding = expect(paper, "acpi-ivrs.cut-short", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "75 bytes"));
	assert_string_equal(finding->remedy, "Capture the host again");
}

static void an_ivrs_of_wrong_signature_is_damaged(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD)->bytes[0] = 'X';
	const struct finding *finding = expect(paper, "acpi-ivrs.malformed", FINDING_FAIL);
	assert_string_equal(finding->summary, "the IVRS table is damaged");
}

struct defect_case {
	const char *id;
	const char *content; /* DMAR: behind a sound DRHD, from offset 0x40; IVRS: from 0x30 */
	enum finding_verdict verdict;
	const char *what;
	const char *place;
	const char *consequence;
};

#define REFUSED     "the kernel gives up on the table, and does neither DMA nor interrupt remapping"
#define UNDEFINED   "the kernel has no guard against it, and what it does is chance"
#define USED_ANYWAY "the kernel uses it all the same"
#define IGNORED     "the kernel ignores that entry"

/* A table that the kernel uses is told to be there as well. */
static void expect_defect(struct paper *paper, const struct defect_case *row)
{
	char summary[512], present[32];
	const struct finding *finding = expect(paper, row->id, row->verdict);
	const char *check = finding->check;

	snprintf(summary, sizeof(summary), "%s (%s): %s", row->what, row->place, row->consequence);
	assert_string_equal(finding->summary, summary);
	assert_true(has_evidence(finding, row->place));
	assert_non_null(finding->remedy);
	snprintf(present, sizeof(present), "%s.present", check);
	const struct findings *findings = judge(paper->arena, check, &paper->host);
	assert_int_equal(finding_of(findings, present) != NULL, row->verdict == FINDING_WARN);
}

/* drivers/iommu/intel/dmar.c, Linux 7.2. */
static const struct defect_case dmar_cases[] = {
	{"acpi-dmar.zero-length", "0500 0000 01 00 0300", FINDING_WARN,
	 "the DMAR table has a structure of length 0", "length 0x0 at offset 0x40",
	 "the kernel does not see what follows it"},
	{"acpi-dmar.past-end", "0500 0900 01 00 0300", FINDING_FAIL,
	 "a structure leaves the DMAR table", "length 0x9 at offset 0x40", REFUSED},
	{"acpi-dmar.short-structure", "0100 1000 0000 0000 0000000000000000", FINDING_FAIL,
	 "the DMAR table has a structure that is too short for its type",
	 "length 0x10 at offset 0x40", UNDEFINED},
	{"acpi-dmar.scope-length", "0500 1000 00 00 0000 01 00 00 00 00 00 0200", FINDING_FAIL,
	 "the DMAR table has a device scope of impossible length", "length 0x0 at offset 0x48",
	 UNDEFINED},
	{"acpi-dmar.scope-type", "0500 1000 00 00 0000 06 08 00 00 00 00 0200", FINDING_WARN,
	 "the DMAR table has a device scope of a reserved type", "type 0x6 at offset 0x48",
	 IGNORED},
	{"acpi-dmar.no-registers", "0000 1000 00 00 0000 0000000000000000", FINDING_FAIL,
	 "the DMAR table puts a unit's registers at address 0", "register base 0x0 at offset 0x40",
	 REFUSED},
	{"acpi-dmar.duplicate-unit", DRHD, FINDING_WARN,
	 "the DMAR table names a remapping unit twice", "register base 0xfed90000 at offset 0x40",
	 IGNORED},
	{"acpi-dmar.name", "0400 0b00 000000 01 414243", FINDING_FAIL,
	 "the DMAR table has a device name without end", "name length 0x3 at offset 0x40", REFUSED},
	{"acpi-dmar.affinity", "0300 1400 00000000 00f0d9fe00000000 00000000", FINDING_WARN,
	 "the DMAR table gives a memory node to a unit that it has not named",
	 "register base 0xfed9f000 at offset 0x40", IGNORED},
	{"acpi-dmar.reserved-region", "0100 1800 0000 0000 01002e3e00000000 ffff2f3e00000000",
	 FINDING_WARN, "the DMAR table has a reserved region of impossible size",
	 "region base 0x3e2e0001 at offset 0x40", USED_ANYWAY},
};

static void each_defect_of_a_dmar_is_told_with_its_place_and_consequence(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(dmar_cases) / sizeof(dmar_cases[0]); i++) {
		test_row("%s", dmar_cases[i].id);
		struct test_table *table = set_dmar(paper, 1, DRHD);
		table_add(table, dmar_cases[i].content);
		paper->host.acpi.dmar = table_finish(table, "/sys/firmware/acpi/tables/DMAR");
		expect_defect(paper, &dmar_cases[i]);
	}
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

static void a_width_below_12_bits_stops_the_kernel(void **state)
{
	struct paper *paper = *state;
	struct test_table *table = set_dmar(paper, 1, DRHD);

	table->bytes[36] = 10;
	paper->host.acpi.dmar = table_finish(table, "/sys/firmware/acpi/tables/DMAR");
	const struct defect_case row = {
		.id = "acpi-dmar.width",
		.verdict = FINDING_FAIL,
		.what = "the DMAR table has an impossible host address width",
		.place = "width byte 0xa at offset 0x24",
		.consequence = REFUSED,
	};
	expect_defect(paper, &row);
}

static void a_dmar_without_units_stops_the_kernel(void **state)
{
	struct paper *paper = *state;
	const struct defect_case row = {
		.id = "acpi-dmar.no-unit",
		.verdict = FINDING_FAIL,
		.what = "the DMAR table names no remapping unit",
		.place = "structures 0x1 at offset 0x30",
		.consequence = REFUSED,
	};

	set_dmar(paper, 1, "0500 0800 01 00 0300");
	expect_defect(paper, &row);
}

static void only_an_ivrs_needs_a_right_checksum(void **state)
{
	struct paper *paper = *state;
	struct defect_case row = {
		.id = "acpi-dmar.checksum",
		.verdict = FINDING_WARN,
		.what = "the DMAR table has a wrong checksum",
		.consequence = USED_ANYWAY,
	};
	struct test_table *table = set_dmar(paper, 1, DRHD);

	table->bytes[9]++;
	row.place = arena_printf(paper->arena, "checksum 0x%x at offset 0x9", table->bytes[9]);
	expect_defect(paper, &row);
	table = set_ivrs(paper, IVHD);
	table->bytes[9]++;
	row = (struct defect_case){
		.id = "acpi-ivrs.checksum",
		.verdict = FINDING_FAIL,
		.what = "the IVRS table has a wrong checksum",
		.place = arena_printf(paper->arena, "checksum 0x%x at offset 0x9", table->bytes[9]),
		.consequence = REFUSED,
	};
	expect_defect(paper, &row);
}

static void bytes_behind_a_table_are_a_fault_of_the_capture(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD);
	paper->host.acpi.dmar.length++;
	const struct finding *finding = expect(paper, "acpi-dmar.trailing-bytes", FINDING_WARN);
	assert_string_equal(finding->remedy, "Capture the host again");
	assert_true(has_evidence(finding, "length 0x1 at offset 0x40"));
	set_ivrs(paper, IVHD);
	paper->host.acpi.ivrs.length += 2;
	finding = expect(paper, "acpi-ivrs.trailing-bytes", FINDING_WARN);
	assert_string_equal(
		finding->summary,
		"the IVRS table is followed by other bytes (length 0x2 at offset 0x4c): "
		"the kernel gives out the table alone, so the capture is damaged");
}

/* Not the kernel's limit, but passcheck's own: it says nothing of the kernel. */
static void of_a_table_without_measure_nothing_is_concluded(void **state)
{
	struct paper *paper = *state;
	struct test_table *dmar = set_dmar(paper, 1, DRHD), *ivrs = set_ivrs(paper, IVHD);
	struct defect_case row = {
		.id = "acpi-dmar.too-many",
		.verdict = FINDING_UNKNOWN,
		.what = "the DMAR table has more entries than any real one",
		.place = "count 0x1000 at offset 0x403c",
		.consequence = "passcheck has not looked at all of them",
	};

	for (size_t i = 0; i < DMAR_MOST_STRUCTURES; i++)
		table_add(dmar, "0900 0400");
	for (size_t i = 0; i < IVRS_MOST_BLOCKS; i++)
		table_add(ivrs, "51 00 0400");
	paper->host.acpi.dmar = table_finish(dmar, "/sys/firmware/acpi/tables/DMAR");
	paper->host.acpi.ivrs = table_finish(ivrs, "/sys/firmware/acpi/tables/IVRS");
	expect_defect(paper, &row);
	row.id = "acpi-ivrs.too-many";
	row.what = "the IVRS table has more entries than any real one";
	row.place = "count 0x400 at offset 0x1048";
	expect_defect(paper, &row);
}

static void many_small_defects_do_not_hide_a_great_one(void **state)
{
	struct paper *paper = *state;
	struct test_table *table = set_dmar(paper, 1, DRHD);

	for (size_t i = 0; i < 2 * ACPI_MOST_DEFECTS; i++)
		table_add(table, DRHD);
	table_add(table, "0400 0800 000000 01");
	paper->host.acpi.dmar = table_finish(table, "/sys/firmware/acpi/tables/DMAR");
	expect(paper, "acpi-dmar.name", FINDING_FAIL);
	const struct finding *finding = expect(paper, "acpi-dmar.duplicate-unit", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "at offset 0x40, and elsewhere)"));
}

static void a_sound_ivrs_passes(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD);
	expect(paper, "acpi-ivrs.present", FINDING_PASS);
	expect(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_intel_host_without_tables_lacks_a_dmar),
		TEST(an_amd_host_without_tables_lacks_an_ivrs),
		TEST(of_an_unknown_vendor_one_check_speaks_for_both),
		TEST(a_virtual_machine_is_to_get_a_virtual_iommu),
		TEST(tables_do_not_apply_to_other_architectures),
		TEST(an_amd_processor_with_a_dmar_has_vtd),
		TEST(a_table_that_may_not_be_read_is_there),
		TEST(a_folder_that_may_not_be_searched_tells_nothing),
		TEST(where_no_table_is_seen_at_all_none_is_missed),
		TEST(a_running_unit_shows_that_there_is_a_table),
		TEST(a_defect_that_stops_the_kernel_fails),
		TEST(units_that_run_all_the_same_make_it_a_warning),
		TEST(a_defect_that_the_kernel_bears_warns_and_the_table_passes),
		TEST(each_kind_of_defect_is_told_once_with_all_places),
		TEST(a_cut_capture_is_no_fault_of_the_host),
		TEST(a_wrong_signature_is_a_damaged_table),
		TEST(a_virtual_machine_has_its_tables_of_the_hypervisor),
		TEST(an_ivrs_that_is_not_seen_may_be_there),
		TEST(a_cut_ivrs_is_no_fault_of_the_host),
		TEST(an_ivrs_of_wrong_signature_is_damaged),
		TEST(each_defect_of_a_dmar_is_told_with_its_place_and_consequence),
		TEST(each_defect_of_an_ivrs_is_told_with_its_place_and_consequence),
		TEST(a_width_below_12_bits_stops_the_kernel),
		TEST(a_dmar_without_units_stops_the_kernel),
		TEST(only_an_ivrs_needs_a_right_checksum),
		TEST(bytes_behind_a_table_are_a_fault_of_the_capture),
		TEST(of_a_table_without_measure_nothing_is_concluded),
		TEST(many_small_defects_do_not_hide_a_great_one),
		TEST(a_sound_ivrs_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

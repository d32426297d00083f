/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define DRHD "0000 1000 01 00 0000 0000d9fe00000000"
#define IVHD "10 00 1c00 0200 4000 0000b8fe00000000 0000 0000 00000000 01 0000 00"

static struct test_table *set_dmar(struct topology *topology, const char *structures)
{
	struct test_table *table = arena_alloc(topology->arena, sizeof(*table));

	assert_non_null(table);
	table_begin_dmar(table, 1);
	table_add(table, structures);
	topology->host.acpi.dmar = table_finish(table, "/sys/firmware/acpi/tables/DMAR");
	return table;
}

static struct test_table *set_ivrs(struct topology *topology, const char *blocks)
{
	struct test_table *table = arena_alloc(topology->arena, sizeof(*table));

	assert_non_null(table);
	table_begin_ivrs(table, 0);
	table_add(table, blocks);
	topology->host.acpi.ivrs = table_finish(table, "/sys/firmware/acpi/tables/IVRS");
	return table;
}

static const struct finding *expect(struct topology *topology, const char *id,
				    enum finding_verdict verdict)
{
	const char *check = strncmp(id, "acpi-dmar", 9) == 0 ? "acpi-dmar" : "acpi-ivrs";

	return expect_finding(judge(topology->arena, check, &topology->host), id, verdict);
}

static void an_intel_host_without_tables_lacks_a_dmar(void **state)
{
	struct topology *topology = *state;
	const struct finding *finding = expect(topology, "acpi-dmar.absent", FINDING_FAIL);

	assert_non_null(strstr(finding->remedy, "firmware setup"));
	expect(topology, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void an_amd_host_without_tables_lacks_an_ivrs(void **state)
{
	struct topology *topology = *state;

	topology->host.cpu.vendor = CPU_AMD;
	expect(topology, "acpi-ivrs.absent", FINDING_FAIL);
	expect(topology, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

static void of_an_unknown_vendor_one_check_speaks_for_both(void **state)
{
	struct topology *topology = *state;

	topology->host.cpu.vendor = CPU_OTHER;
	const struct finding *finding = expect(topology, "acpi-dmar.absent", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "neither"));
	expect(topology, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void a_virtual_machine_is_to_get_a_virtual_iommu(void **state)
{
	static const char *const flags[] = {"hypervisor", "lm"};
	struct topology *topology = *state;

	topology->host.cpu.flags = flags;
	topology->host.cpu.flag_count = 2;
	const struct finding *finding = expect(topology, "acpi-dmar.absent", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "virtual IOMMU"));
}

static void tables_do_not_apply_to_other_architectures(void **state)
{
	struct topology *topology = *state;

	topology->host.cpu.architecture = "aarch64";
	topology->host.cpu.vendor = CPU_OTHER;
	expect(topology, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
	expect(topology, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void an_amd_processor_with_a_dmar_has_vtd(void **state)
{
	struct topology *topology = *state;

	topology->host.cpu.vendor = CPU_AMD;
	set_dmar(topology, DRHD);
	expect(topology, "acpi-dmar.present", FINDING_PASS);
	expect(topology, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void a_table_that_may_not_be_read_is_there(void **state)
{
	struct topology *topology = *state;

	topology->host.cpu.vendor = CPU_OTHER;
	topology->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", 13);
	const struct finding *finding = expect(topology, "acpi-ivrs.unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->remedy, "Run passcheck as root");
	expect(topology, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

static void a_folder_that_may_not_be_searched_tells_nothing(void **state)
{
	struct topology *topology = *state;

	topology->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", 13);
	topology->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", 13);
	expect(topology, "acpi-dmar.unreadable", FINDING_UNKNOWN);
}

static void where_no_table_is_seen_at_all_none_is_missed(void **state)
{
	struct topology *topology = *state;

	topology->host.acpi.directory.fact = absent("/sys/firmware/acpi/tables");
	expect(topology, "acpi-dmar.hidden", FINDING_UNKNOWN);
}

static void a_running_unit_shows_that_there_is_a_table(void **state)
{
	struct topology *topology = *state;

	add_unit(topology, "dmar0", IOMMU_VTD);
	expect(topology, "acpi-dmar.hidden", FINDING_WARN);
}

static void a_defect_that_stops_the_kernel_fails(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, DRHD "0400 0800 000000 01");
	const struct finding *finding = expect(topology, "acpi-dmar.name", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "neither DMA nor interrupt remapping"));
	assert_true(has_evidence(finding, "0x0 at offset 0x40"));
	assert_null(finding_of(judge(topology->arena, "acpi-dmar", &topology->host),
			       "acpi-dmar.present"));
}

static void units_that_run_all_the_same_make_it_a_warning(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, DRHD "0400 0800 000000 01");
	add_unit(topology, "dmar0", IOMMU_VTD);
	const struct finding *finding = expect(topology, "acpi-dmar.name", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "yet dmar0 runs"));
}

static void a_defect_that_the_kernel_bears_warns_and_the_table_passes(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, DRHD DRHD);
	expect(topology, "acpi-dmar.duplicate-unit", FINDING_WARN);
	expect(topology, "acpi-dmar.present", FINDING_PASS);
}

static void each_kind_of_defect_is_told_once_with_all_places(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, DRHD DRHD DRHD);
	struct findings *findings = judge(topology->arena, "acpi-dmar", &topology->host);
	const struct finding *finding =
		expect_finding(findings, "acpi-dmar.duplicate-unit", FINDING_WARN);
	assert_int_equal(findings->count, 2);
	assert_non_null(finding->evidence->next);
}

static void a_cut_capture_is_no_fault_of_the_host(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, DRHD);
	topology->host.acpi.dmar.length--;
	expect(topology, "acpi-dmar.cut-short", FINDING_UNKNOWN);
	topology->host.acpi.dmar.length = 0;
	expect(topology, "acpi-dmar.cut-short", FINDING_UNKNOWN);
}

static void a_wrong_signature_is_a_damaged_table(void **state)
{
	struct topology *topology = *state;

	set_dmar(topology, DRHD)->bytes[0] = 'X';
	expect(topology, "acpi-dmar.malformed", FINDING_FAIL);
}

static void an_ivrs_of_wrong_checksum_leaves_amd_vi_off(void **state)
{
	struct topology *topology = *state;

	set_ivrs(topology, IVHD)->bytes[9]++;
	expect(topology, "acpi-ivrs.checksum", FINDING_FAIL);
}

static void a_sound_ivrs_passes(void **state)
{
	struct topology *topology = *state;

	set_ivrs(topology, IVHD);
	expect(topology, "acpi-ivrs.present", FINDING_PASS);
	expect(topology, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, acpi_host_setup, topology_teardown)

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
		TEST(an_ivrs_of_wrong_checksum_leaves_amd_vi_off),
		TEST(a_sound_ivrs_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

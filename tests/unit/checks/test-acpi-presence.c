/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define DRHD "0000 1000 01 00 0000 0000d9fe00000000"
#define IVHD "10 00 1c00 0200 4000 0000b8fe00000000 0000 0000 00000000 01 0000 00"

static void an_intel_host_without_tables_lacks_a_dmar(void **state)
{
	struct paper *paper = *state;
	const struct finding *finding =
		expect_host_finding(paper, "acpi-dmar.absent", FINDING_FAIL);

	assert_non_null(strstr(finding->remedy, "firmware setup"));
	expect_host_finding(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void an_amd_host_without_tables_lacks_an_ivrs(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_AMD;
	expect_host_finding(paper, "acpi-ivrs.absent", FINDING_FAIL);
	expect_host_finding(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

static void of_an_unknown_vendor_one_check_speaks_for_both(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_OTHER;
	const struct finding *finding =
		expect_host_finding(paper, "acpi-dmar.absent", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "neither"));
	expect_host_finding(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void tables_do_not_apply_to_other_architectures(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.architecture = "aarch64";
	paper->host.cpu.vendor = CPU_OTHER;
	expect_host_finding(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
	expect_host_finding(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

/* A virtio-iommu has neither vendor's table, whatever the processor is. */
static void tables_do_not_apply_where_another_iommu_runs(void **state)
{
	static const enum cpu_vendor vendors[] = {CPU_INTEL, CPU_AMD, CPU_OTHER};
	struct paper *paper = *state;

	add_unit(paper, "virtio1", IOMMU_OTHER);
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		test_row("vendor %d", (int)vendors[i]);
		paper->host.cpu.vendor = vendors[i];
		expect_host_finding(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
		expect_host_finding(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
	}
}

static void an_amd_processor_with_a_dmar_has_vtd(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_AMD;
	set_dmar(paper, 1, DRHD);
	expect_host_finding(paper, "acpi-dmar.present", FINDING_PASS);
	expect_host_finding(paper, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE);
}

static void a_table_that_may_not_be_read_is_there(void **state)
{
	struct paper *paper = *state;

	paper->host.cpu.vendor = CPU_OTHER;
	paper->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", 13);
	const struct finding *finding =
		expect_host_finding(paper, "acpi-ivrs.unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->remedy, "Run passcheck as root");
	expect_host_finding(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

static void a_sound_ivrs_passes(void **state)
{
	struct paper *paper = *state;

	set_ivrs(paper, IVHD);
	expect_host_finding(paper, "acpi-ivrs.present", FINDING_PASS);
	expect_host_finding(paper, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_intel_host_without_tables_lacks_a_dmar),
		TEST(an_amd_host_without_tables_lacks_an_ivrs),
		TEST(of_an_unknown_vendor_one_check_speaks_for_both),
		TEST(tables_do_not_apply_to_other_architectures),
		TEST(tables_do_not_apply_where_another_iommu_runs),
		TEST(an_amd_processor_with_a_dmar_has_vtd),
		TEST(a_table_that_may_not_be_read_is_there),
		TEST(a_sound_ivrs_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

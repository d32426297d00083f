/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/defect.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define DRHD "0000 1000 01 00 0000 0000d9fe00000000"

static void where_no_table_is_seen_at_all_none_is_missed(void **state)
{
	struct paper *paper = *state;

	paper->host.acpi.directory.fact = absent("/sys/firmware/acpi/tables");
	expect_host_finding(paper, "acpi-dmar.hidden", FINDING_UNKNOWN);
}

static void a_virtual_machine_is_to_get_a_virtual_iommu(void **state)
{
	static const char *const flags[] = {"hypervisor", "lm"};
	struct paper *paper = *state;

	paper->host.cpu.flags = flags;
	paper->host.cpu.flag_count = 2;
	const struct finding *finding =
		expect_host_finding(paper, "acpi-dmar.absent", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "virtual IOMMU"));
}

struct below_case {
	const char *vendor, *product;
	const char *xen; /* what Xen says of the domain; NULL: there is no Xen */
	const char *remedy;
};

static const struct below_case below_cases[] = {
	{"QEMU", "Standard PC (Q35 + ICH9, 2009)", NULL, "a virtual IOMMU (QEMU: intel-iommu), if"},
	{"VMware, Inc.", "VMware7,1", NULL, "(VMware: \"Expose IOMMU to the guest\""},
	{"OpenStack Foundation", "OpenStack Nova", NULL, "(OpenStack: hw:viommu_model of its"},
	{"Amazon EC2", "m5d.2xlarge", NULL, "Take an instance of bare metal (a type with metal"},
	{"Google", "Google Compute Engine", NULL, "(a type with metal in its name): no firmware"},
	{"Alibaba Cloud", "Alibaba Cloud ECS", NULL, "(a type with ebm in its name): no firmware"},
	{"Microsoft Corporation", "Virtual Machine", NULL,
	 "Hyper-V gives its guests no virtual IOMMU, on Azure neither"},
	{"Microsoft Corporation", "Surface", NULL, "QEMU: intel-iommu"},
	{"Xen", "HVM domU", "",
	 "Xen gives its guests no virtual IOMMU: assign devices in its dom0"},
	{"Dell Inc.", "PowerEdge", "control_d", "This is Xen's dom0, where neither VFIO nor KVM"},
};

static void what_helps_a_virtual_machine_depends_on_what_runs_below(void **state)
{
	static const char *const flags[] = {"hypervisor", "lm"};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(below_cases); i++) {
		const struct below_case *row = &below_cases[i];
		struct xen *xen = &paper->host.hypervisor.xen;
		test_row("%s %s", row->vendor, row->product);
		paper_reset(paper);
		paper->host.cpu.flags = flags;
		paper->host.cpu.flag_count = 2;
		paper->host.vendor = known_text("sys_vendor", row->vendor);
		paper->host.product = known_text("product_name", row->product);
		if (row->xen) {
			xen->type = known_text("/sys/hypervisor/type", "xen");
			xen->capabilities = known_text("/proc/xen/capabilities", row->xen);
		}
		const struct finding *finding =
			expect_host_finding(paper, "acpi-dmar.absent", FINDING_FAIL);
		assert_non_null(strstr(finding->remedy, row->remedy));
	}
}

static void a_folder_that_may_not_be_searched_tells_nothing(void **state)
{
	struct paper *paper = *state;

	paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", 13);
	paper->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", 13);
	expect_host_finding(paper, "acpi-dmar.unreadable", FINDING_UNKNOWN);
}

static void a_running_unit_shows_that_there_is_a_table(void **state)
{
	struct paper *paper = *state;

	add_unit(paper, "dmar0", IOMMU_VTD);
	expect_host_finding(paper, "acpi-dmar.hidden", FINDING_WARN);
}

static void a_defect_that_stops_the_kernel_fails(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD "0400 0800 000000 01");
	const struct finding *finding = expect_host_finding(paper, "acpi-dmar.name", FINDING_FAIL);
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
	const struct finding *finding = expect_host_finding(paper, "acpi-dmar.name", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "yet dmar0 runs"));
}

static void a_defect_that_the_kernel_bears_warns_and_the_table_passes(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD DRHD);
	expect_host_finding(paper, "acpi-dmar.duplicate-unit", FINDING_WARN);
	expect_host_finding(paper, "acpi-dmar.present", FINDING_PASS);
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
	expect_host_finding(paper, "acpi-dmar.cut-short", FINDING_UNKNOWN);
	paper->host.acpi.dmar.length = 0;
	expect_host_finding(paper, "acpi-dmar.cut-short", FINDING_UNKNOWN);
}

static void a_wrong_signature_is_a_damaged_table(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD)->bytes[0] = 'X';
	expect_host_finding(paper, "acpi-dmar.malformed", FINDING_FAIL);
}

static void a_virtual_machine_has_its_tables_of_the_hypervisor(void **state)
{
	static const char *const flags[] = {"hypervisor", "lm"};
	struct paper *paper = *state;

	paper->host.cpu.flags = flags;
	paper->host.cpu.flag_count = 2;
	set_dmar(paper, 1, DRHD DRHD);
	const struct finding *finding =
		expect_host_finding(paper, "acpi-dmar.duplicate-unit", FINDING_WARN);
	assert_string_equal(finding->remedy, "Update the hypervisor that makes the DMAR table");
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
	{"acpi-dmar.far-registers", "0000 1000 00 00 0000 ffffffffffffffff", FINDING_FAIL,
	 "the DMAR table puts a unit's registers beyond the address width",
	 "register base 0xffffffffffffffff at offset 0x40", REFUSED},
	{"acpi-dmar.unaligned-registers", "0000 1000 00 00 0000 0108d9fe00000000", FINDING_WARN,
	 "the DMAR table puts a unit's registers within a page",
	 "register base 0xfed90801 at offset 0x40", USED_ANYWAY},
	{"acpi-dmar.second-catch-all", "0000 1000 01 00 0000 0010d9fe00000000", FINDING_WARN,
	 "the DMAR table has two units for all functions of a segment",
	 "register base 0xfed91000 at offset 0x40", USED_ANYWAY},
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

static void many_small_defects_do_not_hide_a_great_one(void **state)
{
	struct paper *paper = *state;
	struct test_table *table = set_dmar(paper, 1, DRHD);

	for (size_t i = 0; i < 2 * ACPI_MOST_DEFECTS; i++)
		table_add(table, DRHD);
	table_add(table, "0400 0800 000000 01");
	paper->host.acpi.dmar = table_finish(table, "/sys/firmware/acpi/tables/DMAR");
	expect_host_finding(paper, "acpi-dmar.name", FINDING_FAIL);
	const struct finding *finding =
		expect_host_finding(paper, "acpi-dmar.duplicate-unit", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "at offset 0x40, and elsewhere)"));
}

static void the_kernel_does_not_look_at_its_checksum(void **state)
{
	struct paper *paper = *state;
	struct test_table *table = set_dmar(paper, 1, DRHD);

	table->bytes[9]++;
	const struct defect_case row = {
		.id = "acpi-dmar.checksum",
		.verdict = FINDING_WARN,
		.what = "the DMAR table has a wrong checksum",
		.place = arena_printf(paper->arena, "checksum 0x%x at offset 0x9", table->bytes[9]),
		.consequence = USED_ANYWAY,
	};
	expect_defect(paper, &row);
}

static void bytes_behind_it_are_a_fault_of_the_capture(void **state)
{
	struct paper *paper = *state;

	set_dmar(paper, 1, DRHD);
	paper->host.acpi.dmar.length++;
	const struct finding *finding =
		expect_host_finding(paper, "acpi-dmar.trailing-bytes", FINDING_WARN);
	assert_string_equal(finding->remedy, "Capture the host again");
	assert_true(has_evidence(finding, "length 0x1 at offset 0x40"));
}

/* Not the kernel's limit, but passcheck's own: it says nothing of the kernel. */
static void of_a_table_without_measure_nothing_is_concluded(void **state)
{
	struct paper *paper = *state;
	struct test_table *table = set_dmar(paper, 1, DRHD);
	const struct defect_case row = {
		.id = "acpi-dmar.too-many",
		.verdict = FINDING_UNKNOWN,
		.what = "the DMAR table has more entries than any real one",
		.place = "count 0x1000 at offset 0x403c",
		.consequence = "passcheck has not looked at all of them",
	};

	for (size_t i = 0; i < DMAR_MOST_STRUCTURES; i++)
		table_add(table, "0900 0400");
	paper->host.acpi.dmar = table_finish(table, "/sys/firmware/acpi/tables/DMAR");
	expect_defect(paper, &row);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_no_table_is_seen_at_all_none_is_missed),
		TEST(a_virtual_machine_is_to_get_a_virtual_iommu),
		TEST(what_helps_a_virtual_machine_depends_on_what_runs_below),
		TEST(a_folder_that_may_not_be_searched_tells_nothing),
		TEST(a_running_unit_shows_that_there_is_a_table),
		TEST(a_defect_that_stops_the_kernel_fails),
		TEST(units_that_run_all_the_same_make_it_a_warning),
		TEST(a_defect_that_the_kernel_bears_warns_and_the_table_passes),
		TEST(each_kind_of_defect_is_told_once_with_all_places),
		TEST(a_cut_capture_is_no_fault_of_the_host),
		TEST(a_wrong_signature_is_a_damaged_table),
		TEST(a_virtual_machine_has_its_tables_of_the_hypervisor),
		TEST(each_defect_of_a_dmar_is_told_with_its_place_and_consequence),
		TEST(a_width_below_12_bits_stops_the_kernel),
		TEST(a_dmar_without_units_stops_the_kernel),
		TEST(many_small_defects_do_not_hide_a_great_one),
		TEST(the_kernel_does_not_look_at_its_checksum),
		TEST(bytes_behind_it_are_a_fault_of_the_capture),
		TEST(of_a_table_without_measure_nothing_is_concluded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/dma_units.h"

#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

/* DRHDs: of endpoint 00:02.0, of bridge 00:1c.0, of all, of all of segment 1. */
#define GRAPHICS "0000 1800 00 00 0000 0000d9fe00000000 01 08 00 00 00 00 0200"
#define PORT     "0000 1800 00 00 0000 0010d9fe00000000 02 08 00 00 00 00 1c00"
#define CATCH    "0000 1000 01 00 0000 0020d9fe00000000"
#define CATCH_1  "0000 1000 01 00 0100 0030d9fe00000000"

enum { GRAPHICS_BASE = 0x0, PORT_BASE = 0x1000, CATCH_BASE = 0x2000, CATCH_1_BASE = 0x3000 };

static const struct dma_units *build(struct paper *paper)
{
	dma_units_build(&paper->host, paper->arena, &paper->model.dma_units);
	assert_false(arena_failed(paper->arena));
	return &paper->model.dma_units;
}

static void expect_base(struct paper *paper, const struct pci_function *function, unsigned base)
{
	const struct dma_match *match = dma_units_match(build(paper), function);

	assert_int_equal(match->coverage, DMA_COVERED);
	assert_int_equal(match->unit->drhd->base & 0xffff, base);
}

static void expect_coverage(struct paper *paper, const struct pci_function *function,
			    enum dma_coverage coverage)
{
	assert_int_equal(dma_units_match(build(paper), function)->coverage, coverage);
}

static void an_endpoint_scope_wins_over_include_all(void **state)
{
	struct paper *paper = *state;
	struct pci_function *graphics = add_function(paper, "0000:00:02.0", NULL);
	struct pci_function *other = add_function(paper, "0000:00:03.0", NULL);

	set_dmar(paper, 1, CATCH GRAPHICS);
	expect_base(paper, graphics, GRAPHICS_BASE);
	expect_base(paper, other, CATCH_BASE);
}

static void a_bridge_scope_holds_what_is_below_at_any_depth(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *up = add_express(paper, "0000:01:00.0", port, EXPRESS_UPSTREAM_PORT);
	struct pci_function *down = add_express(paper, "0000:02:00.0", up, EXPRESS_DOWNSTREAM_PORT);
	struct pci_function *deep = add_function(paper, "0000:03:00.0", down);

	set_dmar(paper, 1, PORT CATCH);
	expect_base(paper, port, PORT_BASE);
	expect_base(paper, deep, PORT_BASE);
}

static void a_path_leads_through_bridges_whatever_their_bus_numbers(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *near = add_function(paper, "0000:07:02.0", port);
	struct pci_function *other = add_function(paper, "0000:07:03.0", port);

	set_dmar(paper, 1,
		 "0000 1a00 00 00 0000 0000d9fe00000000 01 0a 00 00 00 00 1c00 0200" CATCH);
	expect_base(paper, near, GRAPHICS_BASE);
	expect_base(paper, other, CATCH_BASE);
}

static void a_path_of_one_part_may_start_at_the_functions_own_bus(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *below = add_function(paper, "0000:07:00.0", port);

	set_dmar(paper, 1, "0000 1800 00 00 0000 0000d9fe00000000 01 08 00 00 00 07 0000" CATCH);
	expect_base(paper, below, GRAPHICS_BASE);
}

static void the_last_of_two_units_for_one_device_is_asked_first(void **state)
{
	struct paper *paper = *state;
	struct pci_function *graphics = add_function(paper, "0000:00:02.0", NULL);

	set_dmar(paper, 1, "0000 1800 00 00 0000 0090d9fe00000000 01 08 00 00 00 00 0200" GRAPHICS);
	expect_base(paper, graphics, GRAPHICS_BASE);
}

static void a_vf_is_translated_as_its_pf(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_function(paper, "0000:00:02.0", NULL);
	struct pci_function *vf = add_function(paper, "0000:00:02.1", NULL);

	make_vf(vf, pf);
	set_dmar(paper, 1, GRAPHICS CATCH);
	expect_base(paper, vf, GRAPHICS_BASE);
}

static void what_is_behind_a_vmd_is_translated_as_the_vmd(void **state)
{
	struct paper *paper = *state;
	struct pci_function *vmd = add_function(paper, "0000:00:02.0", NULL);
	struct pci_function *disk = add_function(paper, "10000:01:00.0", NULL);

	disk->vmd = vmd;
	set_dmar(paper, 1, GRAPHICS CATCH);
	expect_base(paper, disk, GRAPHICS_BASE);
}

static void segments_are_kept_apart(void **state)
{
	struct paper *paper = *state;
	struct pci_function *first = add_function(paper, "0000:00:05.0", NULL);
	struct pci_function *second = add_function(paper, "0001:00:05.0", NULL);
	struct pci_function *third = add_function(paper, "0002:00:05.0", NULL);

	set_dmar(paper, 1, CATCH CATCH_1);
	expect_base(paper, first, CATCH_BASE);
	expect_base(paper, second, CATCH_1_BASE);
	expect_coverage(paper, third, DMA_UNCOVERED);
}

static void a_unit_of_absent_devices_is_ignored(void **state)
{
	struct paper *paper = *state;

	add_function(paper, "0000:00:05.0", NULL);
	set_dmar(paper, 1, GRAPHICS CATCH);
	const struct dma_units *units = build(paper);
	assert_true(units->units[0].ignored);
	assert_false(units->units[1].ignored);
}

static void a_function_of_which_bridges_are_unknown_is_unknown(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(paper, "0000:05:00.0", NULL);

	function->parent_state = FACT_NOT_CAPTURED;
	set_dmar(paper, 1, PORT CATCH);
	expect_coverage(paper, function, DMA_COVERAGE_UNKNOWN);
}

static void a_table_that_the_kernel_refuses_promises_nothing(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(paper, "0000:00:05.0", NULL);

	set_dmar(paper, 1, CATCH "0000 1000 00 00 0000 0000000000000000");
	assert_int_equal(build(paper)->count, 0);
	expect_coverage(paper, function, DMA_COVERAGE_UNKNOWN);
}

static void running_units_join_by_register_base(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(paper, "0000:00:05.0", NULL);
	struct iommu_unit *unit = add_unit(paper, "dmar3", IOMMU_VTD);

	unit->address = (struct fact_number){.fact = known("address"), .value = 0xfed92000};
	set_unit(function, "dmar3");
	set_dmar(paper, 1, GRAPHICS CATCH);
	const struct dma_units *units = build(paper);
	assert_int_equal(units->count, 2);
	assert_ptr_equal(units->units[1].running, unit);
	assert_int_equal(units->units[1].function_count, 1);
	assert_string_equal(dma_unit_name(dma_units_match(units, function)->unit), "dmar3");
}

static void what_the_kernel_does_wins_over_the_table(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(paper, "0000:00:02.0", NULL);

	add_unit(paper, "dmar0", IOMMU_VTD);
	function->iommu.fact = absent("iommu");
	set_dmar(paper, 1, GRAPHICS CATCH);
	expect_coverage(paper, function, DMA_UNCOVERED);
	assert_non_null(dma_units_match(&paper->model.dma_units, function)->promised);
}

static void without_tables_the_links_tell(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(paper, "0000:00:02.0", NULL);

	paper->host.acpi.dmar.fact = unreadable("DMAR", 13);
	add_unit(paper, "dmar0", IOMMU_VTD);
	set_unit(function, "dmar0");
	expect_coverage(paper, function, DMA_COVERED);
}

/* IVHDs of type 0x10, IOMMU 00:00.2. */
#define IVHD(length) "10 00 " length " 0200 4000 0000b8fe00000000 0000 0000 00000000"

static void ivrs_ranges_and_selects_cover_requester_ids(void **state)
{
	struct paper *paper = *state;
	struct pci_function *iommu = add_function(paper, "0000:00:00.2", NULL);
	struct pci_function *below = add_function(paper, "0000:00:00.7", NULL);
	struct pci_function *first = add_function(paper, "0000:00:01.0", NULL);
	struct pci_function *last = add_function(paper, "0000:00:1f.7", NULL);
	struct pci_function *selected = add_function(paper, "0000:05:00.0", NULL);
	struct pci_function *beyond = add_function(paper, "0000:05:00.1", NULL);

	set_ivrs(paper, IVHD("2400") "03 0800 00 04 ff00 00 02 0005 00");
	expect_coverage(paper, below, DMA_UNCOVERED);
	expect_coverage(paper, first, DMA_COVERED);
	expect_coverage(paper, last, DMA_COVERED);
	expect_coverage(paper, selected, DMA_COVERED);
	expect_coverage(paper, beyond, DMA_UNCOVERED);
	expect_coverage(paper, iommu, DMA_UNCOVERED);
}

/* Of a device tree, whose map has bus 1 alone. Up to Linux 6.14 the one function joins a group with
 * its driver, and the other never will. */
static void a_device_tree_tells_what_its_iommu_translates(void **state)
{
	static const char bytes[] = "\0\0\1\0\0\0\x80\5\0\0\0\0\0\0\1\0";
	struct paper *paper = *state;
	struct pci_function *behind = add_express(paper, "0000:01:00.0", NULL, 0);
	struct pci_function *beside = add_express(paper, "0000:02:00.0", NULL, 0);
	struct iommu_map map = {.path = "/sys/devices/platform/p/pci0000:00",
				.map = known_bytes("iommu-map", bytes, sizeof(bytes) - 1),
				.mask.fact = absent("iommu-map-mask")};

	paper->host.cpu.architecture = "aarch64";
	paper_kernel(paper, "6.12.1");
	behind->path = "/sys/devices/platform/p/pci0000:00/0000:00:01.0/0000:01:00.0";
	beside->path = "/sys/devices/platform/p/pci0000:00/0000:00:02.0/0000:02:00.0";
	paper->host.device_tree.maps = &map;
	paper->host.device_tree.map_count = 1;
	add_unit(paper, "smmu3.0x9050000", IOMMU_SMMU);
	expect_coverage(paper, behind, DMA_COVERED);
	expect_coverage(paper, beside, DMA_UNCOVERED);
	const struct dma_units *units = &paper->model.dma_units;
	assert_int_equal(dma_units_group_with_driver(units, behind), BOOLEAN_YES);
	assert_int_equal(dma_units_group_with_driver(units, beside), BOOLEAN_NO);
}

static void an_iommu_does_not_translate_itself(void **state)
{
	struct paper *paper = *state;
	struct pci_function *iommu = add_function(paper, "0000:00:00.2", NULL);
	struct pci_function *other = add_function(paper, "0000:40:00.0", NULL);

	set_ivrs(paper, IVHD("1c00") "01 0000 00");
	expect_coverage(paper, iommu, DMA_UNCOVERED);
	expect_coverage(paper, other, DMA_COVERED);
}

static void ivrs_aliases_are_told(void **state)
{
	struct paper *paper = *state;
	uint16_t alias = 0;

	set_ivrs(paper, IVHD("3000") "42 0002 00 00 a500 00 43 00ff 00 00 a400 00 04 ffff 00"
				     "02 0800 00");
	const struct dma_units *units = build(paper);
	assert_true(ivrs_devices_alias(&units->ivrs_devices, 0, 0x200, &alias));
	assert_int_equal(alias, 0xa5);
	assert_true(ivrs_devices_alias(&units->ivrs_devices, 0, 0xff80, &alias));
	assert_int_equal(alias, 0xa4);
	assert_false(ivrs_devices_alias(&units->ivrs_devices, 0, 0x8, &alias));
	assert_false(ivrs_devices_alias(&units->ivrs_devices, 1, 0x200, &alias));
}

static void amd_units_join_by_requester_id(void **state)
{
	struct paper *paper = *state;
	struct iommu_unit *unit = add_unit(paper, "ivhd1", IOMMU_AMD_VI);

	unit->path = "/sys/devices/pci0000:00/0000:00:00.2/iommu/ivhd1";
	set_ivrs(paper, IVHD("1c00") "01 0000 00");
	const struct dma_units *units = build(paper);
	assert_int_equal(units->count, 1);
	assert_ptr_equal(units->units[0].running, unit);
	assert_non_null(units->units[0].ivhd);
}

static struct findings *judge_units(struct paper *paper)
{
	return judge(paper->arena, "dma-units", &paper->host);
}

static void the_check_names_functions_that_no_unit_covers(void **state)
{
	struct paper *paper = *state;

	add_function(paper, "0000:00:02.0", NULL);
	add_function(paper, "0000:00:05.0", NULL);
	set_dmar(paper, 1, GRAPHICS);
	const struct finding *finding =
		expect_finding(judge_units(paper), "dma-units.uncovered", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:00:05.0");
}

static void the_check_passes_where_all_are_covered(void **state)
{
	struct paper *paper = *state;

	add_function(paper, "0000:00:02.0", NULL);
	set_dmar(paper, 1, GRAPHICS CATCH);
	expect_finding(judge_units(paper), "dma-units.covered", FINDING_PASS);
}

static void the_check_fails_a_bridge_scope_that_names_an_endpoint(void **state)
{
	struct paper *paper = *state;

	add_function(paper, "0000:00:1c.0", NULL);
	set_dmar(paper, 1, PORT CATCH);
	expect_finding(judge_units(paper), "dma-units.scope-conflict", FINDING_FAIL);
}

static void the_check_accepts_a_bridge_by_class_with_an_ordinary_header(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(paper, "0000:00:1c.0", NULL);

	set_class(function, 0x068000);
	set_dmar(paper, 1, PORT CATCH);
	assert_null(finding_of(judge_units(paper), "dma-units.scope-conflict"));
}

static void the_check_tells_firmware_and_kernel_apart(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(paper, "0000:00:02.0", NULL);
	struct iommu_unit *unit = add_unit(paper, "dmar1", IOMMU_VTD);

	unit->address = (struct fact_number){.fact = known("address"), .value = 0xfed92000};
	set_unit(function, "dmar1");
	set_dmar(paper, 1, GRAPHICS CATCH);
	expect_finding(judge_units(paper), "dma-units.mismatch", FINDING_PASS);
	expect_finding(judge_units(paper), "dma-units.idle", FINDING_WARN);
}

static void the_remedy_of_a_mismatch_is_the_hosts(void **state)
{
	static const struct {
		const char *unit; /* NULL: none */
		const char *word;
		enum finding_verdict verdict;
		const char *remedy;
	} rows[] = {
		{"dmar1", "quiet", FINDING_PASS, NULL},
		{NULL, "intel_iommu=on,igfx_off", FINDING_WARN,
		 "Take igfx_off out of intel_iommu= on the kernel command line and reboot"},
		{NULL, "quiet", FINDING_WARN, "The kernel's log says why"},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct pci_function *function = add_function(paper, "0000:00:02.0", NULL);
		struct iommu_unit *unit = add_unit(paper, "dmar1", IOMMU_VTD);
		test_row("%s, %s", rows[i].unit ? rows[i].unit : "none", rows[i].word);
		unit->address = (struct fact_number){.fact = known("address"), .value = 0xfed92000};
		set_ids(function, 0x8086, 0x3e92);
		set_class(function, 0x030000);
		function->group.fact = absent("iommu_group");
		function->iommu.fact = absent("iommu");
		if (rows[i].unit)
			set_unit(function, rows[i].unit);
		set_dmar(paper, 1, GRAPHICS CATCH);
		paper_command_line(paper, rows[i].word);
		const struct finding *finding =
			expect_finding(judge_units(paper), "dma-units.mismatch", rows[i].verdict);
		if (rows[i].remedy)
			assert_string_equal(finding->remedy, rows[i].remedy);
		else
			assert_null(finding->remedy);
		paper_reset(paper);
	}
}

/* intel_iommu= is no word of AMD-Vi. */
static void the_check_has_no_word_of_vtd_for_amd(void **state)
{
	static const char *const ids[] = {"dma-units.mismatch", "dma-units.idle"};
	struct paper *paper = *state;
	struct pci_function *function = add_function(paper, "0000:01:00.0", NULL);

	add_unit(paper, "ivhd1", IOMMU_AMD_VI);
	function->iommu.fact = absent("iommu");
	set_ivrs(paper, IVHD("1c00") "01 0000 00");
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
		test_row("%s", ids[i]);
		const struct finding *finding =
			expect_finding(judge_units(paper), ids[i], FINDING_WARN);
		assert_null(strstr(finding->remedy, "igfx_off"));
	}
}

static void the_check_knows_nothing_of_a_table_it_could_not_read(void **state)
{
	struct paper *paper = *state;

	add_function(paper, "0000:00:02.0", NULL);
	paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", 13);
	const struct finding *finding =
		expect_finding(judge_units(paper), "dma-units.unknown", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "/sys/firmware/acpi/tables/DMAR"));
	assert_string_equal(finding->remedy, "Run passcheck as root");
}

/* POWER translates, and lists no unit. */
static void the_check_says_where_it_knows_nothing_of_the_architecture(void **state)
{
	struct paper *paper = *state;

	add_device(paper, "0001:01:00.0", 3, NULL);
	paper->host.cpu.architecture = "ppc64";
	const struct finding *finding =
		expect_host_finding(paper, "dma-units.other-architecture", FINDING_NOT_APPLICABLE);
	assert_non_null(strstr(finding->summary, "ppc64"));
	assert_int_equal(judge(paper->arena, "dma-units", &paper->host)->count, 1);
}

static void the_check_is_no_matter_of_hosts_without_iommu(void **state)
{
	struct paper *paper = *state;

	add_function(paper, "0000:00:02.0", NULL);
	expect_finding(judge_units(paper), "dma-units.not-applicable", FINDING_NOT_APPLICABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_endpoint_scope_wins_over_include_all,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_bridge_scope_holds_what_is_below_at_any_depth,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(
			a_path_leads_through_bridges_whatever_their_bus_numbers, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(
			a_path_of_one_part_may_start_at_the_functions_own_bus, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(the_last_of_two_units_for_one_device_is_asked_first,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_vf_is_translated_as_its_pf, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(what_is_behind_a_vmd_is_translated_as_the_vmd,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(segments_are_kept_apart, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(a_unit_of_absent_devices_is_ignored, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(a_function_of_which_bridges_are_unknown_is_unknown,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_table_that_the_kernel_refuses_promises_nothing,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(running_units_join_by_register_base, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(what_the_kernel_does_wins_over_the_table,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(without_tables_the_links_tell, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(ivrs_ranges_and_selects_cover_requester_ids,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_device_tree_tells_what_its_iommu_translates,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(an_iommu_does_not_translate_itself, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(ivrs_aliases_are_told, paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(amd_units_join_by_requester_id, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(the_check_names_functions_that_no_unit_covers,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(the_check_passes_where_all_are_covered, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(
			the_check_fails_a_bridge_scope_that_names_an_endpoint, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(
			the_check_accepts_a_bridge_by_class_with_an_ordinary_header, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(the_check_tells_firmware_and_kernel_apart,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(the_remedy_of_a_mismatch_is_the_hosts, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(the_check_has_no_word_of_vtd_for_amd, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(
			the_check_knows_nothing_of_a_table_it_could_not_read, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(
			the_check_says_where_it_knows_nothing_of_the_architecture, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(the_check_is_no_matter_of_hosts_without_iommu,
						paper_setup, paper_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/reserved_memory.h"

#include <string.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define DRHD "0000 1000 01 00 0000 0000d9fe00000000"

/* An RMRR of segment 0, 0x3e2e0000 to 0x3e2fffff, of endpoint 00:14.0, or of bridge 00:1c.0. */
#define RMRR        "0100 2000 0000 0000 00002e3e00000000 ffff2f3e00000000 01 08 00 00 00 00 1400"
#define RMRR_BRIDGE "0100 2000 0000 0000 00002e3e00000000 ffff2f3e00000000 02 08 00 00 00 00 1c00"

#define DIRECT    "0x000000003e2e0000 0x000000003e2fffff direct\n"
#define RELAXABLE "0x000000003e2e0000 0x000000003e2fffff direct-relaxable\n"
#define MSI       "0x00000000fee00000 0x00000000feefffff msi\n"

enum { CLASS_SATA = 0x010601, CLASS_XHCI = 0x0c0330, CLASS_VGA = 0x030000 };

#define IVHD "10 00 1c00 0200 4000 0000b8fe00000000 0000 0000 00000000 01 0000 00"

static void set_ivmd(struct paper *paper, const char *ivmd)
{
	set_ivrs(paper, arena_printf(paper->arena, "%s %s", IVHD, ivmd));
}

static struct pci_function *add_of_class(struct paper *paper, const char *name,
					 struct pci_function *parent, uint32_t class_code)
{
	struct pci_function *function = add_function(paper, name, parent);

	set_class(function, class_code);
	return function;
}

static struct reserved_memory build(struct paper *paper)
{
	struct reserved_memory memory;

	struct model *model = &paper->model;

	host_platform_build(&paper->host, &model->platform);
	dma_units_build(&paper->host, paper->arena, &model->dma_units);
	reserved_memory_build(&paper->host, &model->platform, &paper->model.dma_units, paper->arena,
			      &memory);
	assert_false(arena_failed(paper->arena));
	return memory;
}

static void expect_effect(struct paper *paper, const struct pci_function *function,
			  enum reserved_effect effect)
{
	const struct reserved_region *region;
	struct reserved_memory memory = build(paper);

	assert_int_equal(reserved_memory_blocks(&memory, function, &region), effect);
	assert_int_equal(region != NULL, effect == RESERVED_BLOCKS);
}

static void an_rmrr_blocks_its_endpoint(void **state)
{
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	struct pci_function *other = add_of_class(paper, "0000:00:17.0", NULL, CLASS_SATA);

	set_dmar(paper, 1, DRHD RMRR);
	expect_effect(paper, disk, RESERVED_BLOCKS);
	expect_effect(paper, other, RESERVED_HARMLESS);
}

static void usb_controllers_are_exempt(void **state)
{
	struct paper *paper = *state;
	struct pci_function *usb = add_of_class(paper, "0000:00:14.0", NULL, CLASS_XHCI);

	set_dmar(paper, 1, DRHD RMRR);
	expect_effect(paper, usb, RESERVED_HARMLESS);
	assert_int_equal(build(paper).regions[0].effect, RESERVED_HARMLESS);
}

static void displays_are_exempt_since_4_1(void **state)
{
	struct paper *paper = *state;
	struct pci_function *display = add_of_class(paper, "0000:00:14.0", NULL, CLASS_VGA);

	set_dmar(paper, 1, DRHD RMRR);
	expect_effect(paper, display, RESERVED_HARMLESS);
	paper_kernel(paper, "4.0.9");
	expect_effect(paper, display, RESERVED_BLOCKS);
}

static void an_rmrr_of_a_bridge_blocks_what_is_below(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *disk = add_of_class(paper, "0000:01:00.0", port, CLASS_SATA);

	set_dmar(paper, 1, DRHD RMRR_BRIDGE);
	expect_effect(paper, disk, RESERVED_BLOCKS);
}

static void a_vf_does_not_inherit_the_rmrr_of_its_pf(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_function(paper, "0000:00:14.0", NULL);
	struct pci_function *vf = add_function(paper, "0000:00:14.1", NULL);

	make_vf(vf, pf);
	set_dmar(paper, 1, DRHD RMRR);
	expect_effect(paper, pf, RESERVED_BLOCKS);
	expect_effect(paper, vf, RESERVED_HARMLESS);
}

static void the_kernels_list_wins_over_the_table(void **state)
{
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	struct iommu_group *group = add_group(paper, 3, "0000:00:14.0", MSI);

	set_dmar(paper, 1, DRHD RMRR);
	expect_effect(paper, disk, RESERVED_HARMLESS);
	group->reserved_regions = known_text("reserved_regions", RELAXABLE MSI);
	expect_effect(paper, disk, RESERVED_HARMLESS);
	group->reserved_regions = known_text("reserved_regions", MSI DIRECT);
	expect_effect(paper, disk, RESERVED_BLOCKS);
}

static void a_list_with_a_damaged_line_leaves_it_open(void **state)
{
	static const struct {
		const char *list;
		enum reserved_effect effect;
	} rows[] = {
		{MSI "0x00000000a0000000", RESERVED_EFFECT_UNKNOWN},
		{MSI "0x00000000a0000000 0x00000000afffffff dire", RESERVED_EFFECT_UNKNOWN},
		{"\n" MSI, RESERVED_EFFECT_UNKNOWN},
		{"a0000000 afffffff direct\n" MSI, RESERVED_EFFECT_UNKNOWN},
		{"what is this\n" DIRECT, RESERVED_BLOCKS},
	};
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	struct iommu_group *group = add_group(paper, 3, "0000:00:14.0", MSI);

	set_dmar(paper, 1, DRHD);
	expect_effect(paper, disk, RESERVED_HARMLESS);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].list);
		group->reserved_regions = known_text("reserved_regions", rows[i].list);
		expect_effect(paper, disk, rows[i].effect);
	}
}

static void a_direct_region_blocks_the_whole_group(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	struct pci_function *second = add_of_class(paper, "0000:00:14.1", NULL, CLASS_SATA);
	add_group(paper, 3, "0000:00:14.0 0000:00:14.1", DIRECT);
	set_dmar(paper, 1, DRHD RMRR);
	expect_effect(paper, second, RESERVED_BLOCKS);
	assert_int_equal(build(paper).count, 1);
}

/* As before 4.12, which has no lists. */
static void a_tables_region_blocks_the_whole_group_where_the_kernel_lists_none(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	struct pci_function *second = add_of_class(paper, "0000:00:14.1", NULL, CLASS_SATA);
	struct pci_function *other = add_of_class(paper, "0000:00:17.0", NULL, CLASS_SATA);
	add_group(paper, 3, "0000:00:14.0 0000:00:14.1", NULL);
	add_group(paper, 4, "0000:00:17.0", NULL);
	set_dmar(paper, 1, DRHD RMRR);
	expect_effect(paper, second, RESERVED_BLOCKS);
	expect_effect(paper, other, RESERVED_HARMLESS);
}

static void lines_of_a_list_are_each_judged_by_their_own_type(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	set_dmar(paper, 1, DRHD);
	add_group(paper, 3, "0000:00:14.0",
		  "0x0000000000001000 0x0000000000001fff direct-relaxable\n" MSI DIRECT);
	struct reserved_memory memory = build(paper);
	assert_int_equal(memory.count, 2);
	assert_int_equal(memory.regions[0].effect, RESERVED_HARMLESS);
	assert_int_equal(memory.regions[1].start, 0x3e2e0000);
	assert_int_equal(memory.regions[1].effect, RESERVED_BLOCKS);
}

static void a_list_of_too_many_lines_leaves_it_open(void **state)
{
	enum { MOST = 128 };
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	struct iommu_group *group = add_group(paper, 3, "0000:00:14.0", MSI);
	const char *list = "";

	set_dmar(paper, 1, DRHD);
	for (int i = 0; i < MOST; i++)
		list = arena_printf(paper->arena, "%s%s", list, RELAXABLE);
	group->reserved_regions = known_text("reserved_regions", list);
	expect_effect(paper, disk, RESERVED_HARMLESS);
	list = arena_printf(paper->arena, "%s%s", list, RELAXABLE);
	group->reserved_regions = known_text("reserved_regions", list);
	expect_effect(paper, disk, RESERVED_EFFECT_UNKNOWN);
}

static void a_region_that_no_table_has_is_the_groups(void **state)
{
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);

	paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", 13);
	add_group(paper, 3, "0000:00:14.0", MSI DIRECT);
	struct reserved_memory memory = build(paper);
	assert_int_equal(memory.count, 1);
	assert_int_equal(memory.regions[0].kind, RESERVED_GROUP);
	assert_int_equal(memory.regions[0].start, 0x3e2e0000);
	assert_ptr_equal(memory.regions[0].functions[0], disk);
	expect_effect(paper, disk, RESERVED_BLOCKS);
}

static void before_5_3_direct_may_be_relaxable(void **state)
{
	struct paper *paper = *state;
	struct pci_function *usb = add_of_class(paper, "0000:00:14.0", NULL, CLASS_XHCI);

	add_group(paper, 3, "0000:00:14.0", DIRECT);
	set_dmar(paper, 1, DRHD RMRR);
	paper_kernel(paper, "5.2.0");
	expect_effect(paper, usb, RESERVED_HARMLESS);
	paper_kernel(paper, "5.3.0");
	expect_effect(paper, usb, RESERVED_BLOCKS);
}

static void a_table_that_was_not_read_leaves_it_open(void **state)
{
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);

	paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", 13);
	expect_effect(paper, disk, RESERVED_EFFECT_UNKNOWN);
	add_group(paper, 3, "0000:00:14.0", MSI);
	expect_effect(paper, disk, RESERVED_HARMLESS);
}

static void an_empty_list_says_nothing_where_interrupts_always_have_a_region(void **state)
{
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);

	add_group(paper, 3, "0000:00:14.0", "");
	set_dmar(paper, 1, DRHD RMRR);
	expect_effect(paper, disk, RESERVED_BLOCKS);
	paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", 13);
	expect_effect(paper, disk, RESERVED_EFFECT_UNKNOWN);
}

static void a_unit_that_runs_has_a_table_whatever_the_tree_says(void **state)
{
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);

	add_unit(paper, "dmar0", IOMMU_VTD);
	paper->host.acpi.dmar.fact = absent("/sys/firmware/acpi/tables/DMAR");
	expect_effect(paper, disk, RESERVED_EFFECT_UNKNOWN);
}

/* The kernel does not run AMD-Vi by a table with a wrong checksum (check_ivrs_checksum(),
 * amd/init.c), and sysfs gives a table as long as its header says: what was read is not what it
 * took. */
static void a_table_that_the_kernel_cannot_have_taken_so_leaves_it_open(void **state)
{
	static const struct {
		const char *what;
		size_t place;
		uint8_t byte;
	} rows[] = {
		{"its checksum", 9, 1},
		{"its length", 4, 60},
	};
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);

	add_unit(paper, "ivhd0", IOMMU_AMD_VI);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].what);
		set_ivrs(paper, IVHD);
		expect_effect(paper, disk, RESERVED_HARMLESS);
		((char *)paper->host.acpi.ivrs.text)[rows[i].place] = (char)rows[i].byte;
		expect_effect(paper, disk, RESERVED_EFFECT_UNKNOWN);
	}
}

#define IVMD_ONE   "21 01 2000 0001 0000 0000 000000000000 0020f4c900000000 0060020000000000"
#define IVMD_RANGE "22 08 2000 0001 ff01 0000 000000000000 0020f4c900000000 0060020000000000"
#define IVMD_EVERY "20 08 2000 0000 0000 0000 000000000000 0020f4c900000000 0060020000000000"
#define IVMD_READ  "21 02 2000 0001 0000 0000 000000000000 0020f4c900000000 0060020000000000"

static void an_ivmd_blocks_from_6_6_on(void **state)
{
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:01:00.0", NULL, CLASS_SATA);
	struct pci_function *other = add_of_class(paper, "0000:01:00.1", NULL, CLASS_SATA);

	set_ivmd(paper, IVMD_ONE);
	expect_effect(paper, disk, RESERVED_HARMLESS);
	paper_kernel(paper, "6.6.0");
	expect_effect(paper, disk, RESERVED_BLOCKS);
	expect_effect(paper, other, RESERVED_HARMLESS);
	paper->host.kernel_release.fact = unreadable("/proc/sys/kernel/osrelease", 13);
	expect_effect(paper, disk, RESERVED_EFFECT_UNKNOWN);
}

/* The 5.14 of RHEL 9 has parts of newer kernels, and so has the 6.4 of SLE 15 SP6. */
static void numbers_of_distributions_that_backport_leave_it_open(void **state)
{
	static const struct {
		const char *release;
		enum reserved_effect effect;
	} rows[] = {
		{"5.14.0-427.13.1.el9_4.x86_64", RESERVED_EFFECT_UNKNOWN},
		{"4.18.0-553.el8_10.x86_64", RESERVED_EFFECT_UNKNOWN},
		{"6.12.0-55.9.1.el10_0.x86_64", RESERVED_BLOCKS},
		{"6.4.0-150600.23.60-default", RESERVED_EFFECT_UNKNOWN},
		{"5.14.21-150500.55.83-default", RESERVED_EFFECT_UNKNOWN},
		{"6.12.0-160000.5-default", RESERVED_BLOCKS},
		{"6.4.11-1-default", RESERVED_HARMLESS},
		{"5.15.0-1057.63-custom", RESERVED_HARMLESS},
		{"6.2.16-3-pve", RESERVED_HARMLESS},
		{"6.1.0-15-amd64", RESERVED_HARMLESS},
		{"6.5.0-41-generic", RESERVED_HARMLESS},
		{"6.1.119-1.el9.elrepo.x86_64", RESERVED_HARMLESS},
	};
	struct paper *paper = *state;
	struct pci_function *disk = add_of_class(paper, "0000:01:00.0", NULL, CLASS_SATA);

	set_ivmd(paper, IVMD_ONE);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].release);
		paper_kernel(paper, rows[i].release);
		expect_effect(paper, disk, rows[i].effect);
	}
}

static void an_ivmd_exempts_no_class(void **state)
{
	struct paper *paper = *state;
	struct pci_function *usb = add_of_class(paper, "0000:01:00.0", NULL, CLASS_XHCI);

	paper_kernel(paper, "6.12.0");
	set_ivmd(paper, IVMD_ONE);
	expect_effect(paper, usb, RESERVED_BLOCKS);
}

static void an_exclusion_range_counts_and_covers_its_ids(void **state)
{
	struct paper *paper = *state;
	struct pci_function *first = add_of_class(paper, "0000:01:00.0", NULL, CLASS_SATA);
	struct pci_function *last = add_of_class(paper, "0000:01:1f.7", NULL, CLASS_SATA);
	struct pci_function *beyond = add_of_class(paper, "0000:02:00.0", NULL, CLASS_SATA);

	paper_kernel(paper, "6.12.0");
	set_ivmd(paper, IVMD_RANGE);
	expect_effect(paper, first, RESERVED_BLOCKS);
	expect_effect(paper, last, RESERVED_BLOCKS);
	expect_effect(paper, beyond, RESERVED_HARMLESS);
}

static void an_ivmd_that_is_neither_unity_nor_exclusion_is_ignored(void **state)
{
	struct paper *paper = *state;

	paper_kernel(paper, "6.12.0");
	set_ivmd(paper, IVMD_READ);
	assert_int_equal(build(paper).count, 0);
}

static struct findings *judge_memory(struct paper *paper)
{
	return judge(paper->arena, "reserved-memory", &paper->host);
}

static void the_check_names_the_function_and_the_region(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	add_of_class(paper, "0000:00:17.0", NULL, CLASS_SATA);
	set_dmar(paper, 1, DRHD RMRR);
	const struct finding *finding =
		expect_finding(judge_memory(paper), "reserved-memory.blocks", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:00:14.0");
	assert_true(has_evidence(finding, "rmrr 0x3e2e0000-0x3e2fffff"));
}

/* Proxmox VE patches its kernels; "no kernel option lifts this" is true of the others only. */
static void the_check_knows_the_option_of_proxmox_kernels(void **state)
{
	static const struct {
		const char *release;
		const char *words;
	} rows[] = {
		{"6.8.12-4-pve", "intel_iommu=on,relax_rmrr"},
		{"6.1.0-51-amd64", "no kernel option lifts this"},
	};
	struct paper *paper = *state;

	add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	add_of_class(paper, "0000:00:17.0", NULL, CLASS_SATA);
	set_dmar(paper, 1, DRHD RMRR);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].release);
		paper_kernel(paper, rows[i].release);
		const struct finding *finding =
			expect_finding(judge_memory(paper), "reserved-memory.blocks", FINDING_WARN);
		assert_non_null(strstr(finding->remedy, rows[i].words));
	}
}

static void reserve_for_all(struct paper *paper)
{
	add_of_class(paper, "0000:01:00.0", NULL, CLASS_SATA);
	add_of_class(paper, "0000:02:00.0", NULL, CLASS_SATA);
	paper_kernel(paper, "6.12.0");
	set_ivmd(paper, IVMD_EVERY);
}

static void the_check_fails_where_memory_is_reserved_for_all(void **state)
{
	struct paper *paper = *state;

	reserve_for_all(paper);
	const struct finding *finding =
		expect_finding(judge_memory(paper), "reserved-memory.blocks-all", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "DMA protection before boot"));
}

/* So a function's blocker, and a plan for it, finds its way to the remedy. */
static void what_is_reserved_for_all_is_said_of_each(void **state)
{
	struct paper *paper = *state;

	reserve_for_all(paper);
	const struct finding *finding =
		expect_finding(judge_memory(paper), "reserved-memory.blocks", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:01:00.0");
	assert_string_equal(finding->follows.id, "reserved-memory.blocks-all");
}

/* The IVHD is that of 00:00.2. */
static void the_check_leaves_the_iommu_itself_out(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:00:00.2", NULL, 0x080600);
	add_of_class(paper, "0000:01:00.0", NULL, CLASS_SATA);
	paper_kernel(paper, "6.12.0");
	set_ivmd(paper, IVMD_EVERY);
	const struct finding *finding =
		expect_finding(judge_memory(paper), "reserved-memory.blocks", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:01:00.0");
}

static void the_check_passes_without_regions(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:01:00.0", NULL, CLASS_SATA);
	set_dmar(paper, 1, DRHD);
	expect_finding(judge_memory(paper), "reserved-memory.none", FINDING_PASS);
}

static void the_check_does_not_pass_over_what_it_could_not_read(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:01:00.0", NULL, CLASS_SATA);
	paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", 13);
	expect_finding(judge_memory(paper), "reserved-memory.unknown", FINDING_UNKNOWN);
	assert_null(finding_of(judge_memory(paper), "reserved-memory.none"));
	paper->host.pci.count = 0;
	paper->host.pci.fact = unreadable("/sys/bus/pci/devices", 13);
	expect_finding(judge_memory(paper), "reserved-memory.unknown", FINDING_UNKNOWN);
}

static void the_check_says_which_list_is_damaged(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:00:14.0", NULL, CLASS_SATA);
	add_group(paper, 3, "0000:00:14.0", MSI "0x");
	set_dmar(paper, 1, DRHD);
	const struct finding *finding =
		expect_finding(judge_memory(paper), "reserved-memory.unknown", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "a line that the kernel does not write"));
}

static void the_check_says_how_to_find_out_where_the_number_does_not_tell(void **state)
{
	struct paper *paper = *state;

	add_of_class(paper, "0000:01:00.0", NULL, CLASS_SATA);
	set_ivmd(paper, IVMD_ONE);
	paper_kernel(paper, "5.14.0-427.13.1.el9_4.x86_64");
	const struct finding *finding =
		expect_finding(judge_memory(paper), "reserved-memory.unknown", FINDING_UNKNOWN);
	assert_non_null(strstr(finding->remedy, "Start a guest with it"));
	assert_non_null(strstr(finding->remedy, "DMA protection before boot"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_rmrr_blocks_its_endpoint),
		TEST(usb_controllers_are_exempt),
		TEST(displays_are_exempt_since_4_1),
		TEST(an_rmrr_of_a_bridge_blocks_what_is_below),
		TEST(a_vf_does_not_inherit_the_rmrr_of_its_pf),
		TEST(the_kernels_list_wins_over_the_table),
		TEST(a_list_with_a_damaged_line_leaves_it_open),
		TEST(a_direct_region_blocks_the_whole_group),
		TEST(a_tables_region_blocks_the_whole_group_where_the_kernel_lists_none),
		TEST(lines_of_a_list_are_each_judged_by_their_own_type),
		TEST(a_list_of_too_many_lines_leaves_it_open),
		TEST(a_region_that_no_table_has_is_the_groups),
		TEST(before_5_3_direct_may_be_relaxable),
		TEST(a_table_that_was_not_read_leaves_it_open),
		TEST(an_empty_list_says_nothing_where_interrupts_always_have_a_region),
		TEST(a_unit_that_runs_has_a_table_whatever_the_tree_says),
		TEST(a_table_that_the_kernel_cannot_have_taken_so_leaves_it_open),
		TEST(an_ivmd_blocks_from_6_6_on),
		TEST(numbers_of_distributions_that_backport_leave_it_open),
		TEST(an_ivmd_exempts_no_class),
		TEST(an_exclusion_range_counts_and_covers_its_ids),
		TEST(an_ivmd_that_is_neither_unity_nor_exclusion_is_ignored),
		TEST(the_check_names_the_function_and_the_region),
		TEST(the_check_knows_the_option_of_proxmox_kernels),
		TEST(the_check_fails_where_memory_is_reserved_for_all),
		TEST(what_is_reserved_for_all_is_said_of_each),
		TEST(the_check_leaves_the_iommu_itself_out),
		TEST(the_check_passes_without_regions),
		TEST(the_check_does_not_pass_over_what_it_could_not_read),
		TEST(the_check_says_which_list_is_damaged),
		TEST(the_check_says_how_to_find_out_where_the_number_does_not_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

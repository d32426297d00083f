/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define ROOT_BUS "/sys/devices/pci0000:00"
#define GROUPS   "/sys/kernel/iommu_groups"

/* Adds an endpoint to the root bus; returns its path. */
static const char *add(const struct tree *tree, const char *address, uint32_t class_code)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, class_code);
	return tree_function(tree, ROOT_BUS, address, &config);
}

static const char *add_nic(const struct tree *tree, const char *address)
{
	return add(tree, address, 0x020000);
}

static const char *add_bridge(const struct tree *tree, const char *address)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x3420, 0x060400);
	config.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	return tree_function(tree, ROOT_BUS, address, &config);
}

static struct findings *judge_host(struct tree *tree, const struct host *host)
{
	return judge(tree->arena, "iommu-groups", host);
}

static struct findings *judge_tree(struct tree *tree)
{
	return judge_host(tree, tree_host(tree));
}

static void functions_in_groups_pass(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 0);
	tree_group(tree, add_nic(tree, "0000:00:03.0"), 7);
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "iommu-groups.present", FINDING_PASS);
	assert_string_equal(finding->summary, "2 of 2 PCI functions are in IOMMU groups");
	assert_true(has_evidence(finding, "2 groups"));
	assert_int_equal(findings->count, 1);
}

static void a_host_whose_kernel_made_no_groups_fails(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.none", FINDING_FAIL);
	assert_string_equal(finding->summary,
			    "no PCI function is in an IOMMU group: DMA remapping is off");
	assert_true(has_evidence(finding, GROUPS));
	assert_int_equal(finding->subject.type, SUBJECT_HOST);
}

static void a_guest_whose_firmware_has_a_table_needs_no_virtual_iommu(void **state)
{
	static const char *const flags[] = {"hypervisor"};
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS);
	struct host *host = tree_host(tree);
	host->cpu.flags = flags;
	host->cpu.flag_count = 1;
	host->acpi.dmar.fact = known("/sys/firmware/acpi/tables/DMAR");
	const struct finding *finding =
		expect_finding(judge_host(tree, host), "iommu-groups.none", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "Let the kernel use the IOMMU"));
	host->acpi.dmar.fact = absent("/sys/firmware/acpi/tables/DMAR");
	finding = expect_finding(judge_host(tree, host), "iommu-groups.none", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "virtual IOMMU"));
}

/* Xen leaves AMD's table to it. */
static void dom0_of_xen_gets_no_groups_whatever_table_it_sees(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS);
	struct host *host = tree_host(tree);
	host->hypervisor.xen.type = known_text("/sys/hypervisor/type", "xen");
	host->hypervisor.xen.initdomain = known_text("initdomain", "1");
	host->acpi.ivrs.fact = known("/sys/firmware/acpi/tables/IVRS");
	const struct finding *finding =
		expect_finding(judge_host(tree, host), "iommu-groups.none", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "xl pci-assignable-add"));
}

static void no_setting_makes_groups_where_linux_has_no_driver(void **state)
{
	static const struct {
		const char *architecture;
		const char *remedy;
	} rows[] = {
		{"x86_64", "Switch the IOMMU on in the firmware setup"},
		{"loongarch64", "Use another machine, or a distribution's kernel with a driver"},
		{"riscv64", "Use another machine: VFIO of Linux up to 7.3"},
	};
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS);
	struct host *host = tree_host(tree);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].architecture);
		host->cpu.architecture = rows[i].architecture;
		const struct finding *finding =
			expect_finding(judge_host(tree, host), "iommu-groups.none", FINDING_FAIL);
		assert_non_null(strstr(finding->remedy, rows[i].remedy));
	}
}

static void groups_of_other_devices_only_are_as_good_as_none(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS "/0/devices/arm-smmu.0");
	expect_finding(judge_tree(tree), "iommu-groups.none", FINDING_FAIL);
}

static void groups_that_could_not_be_listed_are_unknown(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, "/sys/kernel");
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "iommu-groups.unreadable", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, GROUPS));
	assert_int_equal(findings->count, 1);
}

static void links_that_were_not_read_are_not_missing(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS "/0/devices");
	struct host *host = tree_host(tree);
	host->pci.functions[0].group.fact = unreadable("iommu_group", 13);
	const struct finding *finding =
		expect_finding(judge_host(tree, host), "iommu-groups.unreadable", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "iommu_group"));
}

static void a_function_is_in_the_group_that_lists_it(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS "/7/devices/0000:00:02.0");
	struct findings *findings = judge_tree(tree);
	expect_finding(findings, "iommu-groups.present", FINDING_PASS);
	assert_int_equal(findings->count, 1);
}

/* A unit that runs does not make groups of what was not read. */
static void a_running_unit_alone_is_no_pass(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, "/sys/kernel");
	tree_directory(tree, "/sys/class/iommu/dmar0");
	struct findings *findings = judge_tree(tree);
	expect_finding(findings, "iommu-groups.unreadable", FINDING_UNKNOWN);
	assert_int_equal(findings->count, 1);
}

static void a_running_unit_without_groups_fails(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS);
	tree_directory(tree, "/sys/class/iommu/dmar0");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.none", FINDING_FAIL);
	assert_string_equal(finding->summary,
			    "no PCI function is in an IOMMU group, though an IOMMU is on");
}

/* As of a Raspberry Pi 5 (bcm2712.dtsi of Linux 6.12): its IOMMUs are those of displays. */
static void a_board_whose_device_tree_gives_pci_no_iommu_cannot_have_groups(void **state)
{
	static const char bridge[] = "/sys/devices/platform/axi/1000110000.pcie";
	static const char node[] = "/sys/firmware/devicetree/base/axi/pcie@1000110000";
	struct tree *tree = *state;
	struct test_config config;

	config_begin(&config, 0x8086, 0x1539, 0x020000);
	tree_function(tree, arena_printf(tree->arena, "%s/pci0001:00", bridge), "0001:00:01.0",
		      &config);
	tree_directory(tree, node);
	tree_link(tree, arena_printf(tree->arena, "%s/of_node", bridge), node);
	tree_directory(tree, GROUPS "/0/devices/1000580000.hvs");
	tree_directory(tree, "/sys/class/iommu/1000005100.iommu");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.none", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "the device tree gives PCI none"));
	assert_non_null(strstr(finding->remedy, "Use another machine"));
	assert_non_null(strstr(finding->remedy, "a newer kernel may bring"));
	assert_true(has_evidence(finding, arena_printf(tree->arena, "%s/iommu-map", node)));
}

static void add_board(struct tree *tree, const char *bridge, const char *node, uint16_t vendor,
		      uint16_t device)
{
	struct test_config config;

	config_begin(&config, vendor, device, 0x020000);
	tree_function(tree, arena_printf(tree->arena, "%s/pci0000:00", bridge), "0000:00:01.0",
		      &config);
	tree_file(tree, "/proc/cpuinfo", "processor\t: 0\nCPU architecture: 8\n");
	tree_directory(tree, node);
	tree_link(tree, arena_printf(tree->arena, "%s/of_node", bridge), node);
	tree_directory(tree, GROUPS);
	tree_directory(tree, "/sys/class/iommu");
}

static void a_device_tree_whose_iommu_does_not_run_needs_its_driver(void **state)
{
	static const char node[] = "/sys/firmware/devicetree/base/soc/pcie@3800000";
	static const char words[] = "\0\0\0\0\0\0\0\5\0\0\0\0\0\1\0\0";
	struct tree *tree = *state;

	add_board(tree, "/sys/devices/platform/soc/3800000.pcie", node, 0x15b3, 0x1015);
	tree_bytes(tree, arena_printf(tree->arena, "%s/iommu-map", node), words, sizeof(words) - 1);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.none", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "CONFIG_ARM_SMMU, CONFIG_ARM_SMMU_V3"));
}

/* QEMU's host bridge. */
static void a_virtual_machine_with_a_device_tree_needs_a_virtual_smmu(void **state)
{
	struct tree *tree = *state;

	add_board(tree, "/sys/devices/platform/4010000000.pcie",
		  "/sys/firmware/devicetree/base/pcie@10000000", 0x1b36, 0x0008);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.none", FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "-machine virt,iommu=smmuv3"));
}

static void a_running_unit_speaks_for_groups_that_were_not_read(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_directory(tree, GROUPS);
	tree_directory(tree, "/sys/class/iommu/dmar0");
	struct host *host = tree_host(tree);
	host->pci.functions[0].group.fact = unreadable("iommu_group", 13);
	expect_finding(judge_host(tree, host), "iommu-groups.unreadable", FINDING_UNKNOWN);
}

static void an_endpoint_without_group_is_named(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 0);
	add(tree, "0000:00:03.0", 0x030000);
	add_bridge(tree, "0000:00:04.0");
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "iommu-groups.ungrouped", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:00:03.0");
	/* Nobody gives a bridge away. */
	assert_int_equal(findings->count, 2);
}

/* igfx_off is a word of VT-d, for graphics. */
static void a_word_for_graphics_is_no_remedy_for_others(void **state)
{
	static const struct {
		enum iommu_kind kind;
		uint32_t class_code;
		bool word;
	} rows[] = {
		{IOMMU_VTD, 0x030000, true},
		{IOMMU_VTD, 0x020000, false},
		{IOMMU_AMD_VI, 0x030000, false},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%x", rows[i].class_code);
		paper_reset(paper);
		struct pci_function *function = add_function(paper, "0000:00:03.0", NULL);
		set_class(function, rows[i].class_code);
		add_function(paper, "0000:00:04.0", NULL);
		add_unit(paper, "unit", rows[i].kind);
		add_group(paper, 1, "0000:00:04.0", "");
		const struct finding *finding =
			expect_finding(judge(paper->arena, "iommu-groups", &paper->host),
				       "iommu-groups.ungrouped", FINDING_WARN);
		assert_true(!strstr(finding->remedy, "igfx_off") == !rows[i].word);
	}
}

static void the_remedy_for_graphics_under_igfx_off_is_that_word_alone(void **state)
{
	struct paper *paper = *state;
	struct pci_function *igd = add_function(paper, "0000:00:02.0", NULL);

	set_class(igd, 0x030000);
	set_ids(igd, 0x8086, 0x3e92);
	add_function(paper, "0000:00:04.0", NULL);
	add_unit(paper, "unit", IOMMU_VTD);
	add_group(paper, 1, "0000:00:04.0", "");
	paper_command_line(paper, "intel_iommu=on,igfx_off\n");
	const struct finding *finding =
		expect_finding(judge(paper->arena, "iommu-groups", &paper->host),
			       "iommu-groups.ungrouped", FINDING_WARN);
	assert_string_equal(finding->remedy, "Take igfx_off out of intel_iommu= on the kernel "
					     "command line and reboot");
}

/* Up to Linux 6.14 a driver brings a function to an IOMMU that the IORT or a device tree describes.
 */
static void a_function_whose_group_comes_with_a_driver_is_not_ungrouped(void **state)
{
	static const struct {
		const char *release;
		enum iommu_kind unit;
		const char *id;
		enum finding_verdict verdict;
	} rows[] = {
		{"6.12.117", IOMMU_SMMU, "iommu-groups.with-driver", FINDING_UNKNOWN},
		{"6.14.0", IOMMU_OTHER, "iommu-groups.with-driver", FINDING_UNKNOWN},
		{"6.15.0", IOMMU_SMMU, "iommu-groups.ungrouped", FINDING_WARN},
		{"6.12.117", IOMMU_VTD, "iommu-groups.ungrouped", FINDING_WARN},
	};
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 0);
	add_nic(tree, "0000:00:03.0");
	tree_directory(tree, "/sys/class/iommu/smmu3.0x9050000");
	struct host *host = tree_host(tree);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%zu", i);
		host->kernel_release = known_text("/proc/version", rows[i].release);
		host->units.units[0].kind = rows[i].unit;
		const struct finding *finding =
			expect_finding(judge_host(tree, host), rows[i].id, rows[i].verdict);
		assert_string_equal(finding->subject.id, "0000:00:03.0");
	}
}

static void the_function_of_amds_iommu_is_in_no_group_by_nature(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 0);
	add(tree, "0000:00:00.2", 0x080600);
	tree_directory(tree, "/sys/class/iommu/ivhd0");
	assert_null(finding_of(judge_tree(tree), "iommu-groups.ungrouped"));
}

static void a_link_that_was_not_read_beside_others_is_unknown(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 0);
	tree_group(tree, add_nic(tree, "0000:00:03.0"), 1);
	struct host *host = tree_host(tree);
	host->pci.functions[1].group.fact = unreadable("iommu_group", 13);
	struct findings *findings = judge_host(tree, host);
	expect_finding(findings, "iommu-groups.present", FINDING_PASS);
	const struct finding *finding =
		expect_finding(findings, "iommu-groups.group-unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->subject.id, "0000:00:03.0");
	assert_string_equal(finding->remedy, "Run passcheck as root");
}

static void a_group_that_the_list_lacks_is_unknown(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 0);
	struct host *host = tree_host(tree);
	host->groups.count = 0;
	const struct finding *finding = expect_finding(
		judge_host(tree, host), "iommu-groups.group-unreadable", FINDING_UNKNOWN);
	assert_int_equal(finding->subject.type, SUBJECT_HOST);
	assert_true(has_evidence(finding, "0 groups"));
}

static void a_group_of_several_endpoints_warns(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_bridge(tree, "0000:00:01.0"), 5);
	tree_group(tree, add_nic(tree, "0000:00:02.0"), 5);
	tree_group(tree, add_nic(tree, "0000:00:03.0"), 5);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.several-endpoints", FINDING_WARN);
	assert_int_equal(finding->subject.type, SUBJECT_GROUP);
	assert_string_equal(finding->subject.id, "5");
	assert_true(has_evidence(finding, "0000:00:02.0, 0000:00:03.0"));
}

static void a_group_that_is_larger_than_predicted_follows_from_that(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 5);
	tree_group(tree, add_nic(tree, "0000:00:03.0"), 5);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.several-endpoints", FINDING_WARN);
	assert_string_equal(finding->follows.id, "isolation.differs");
	assert_string_equal(finding->follows.subject.id, "5");
}

static void a_group_of_one_device_is_fine(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_bridge(tree, "0000:00:01.0"), 5);
	tree_group(tree, add_nic(tree, "0000:00:02.0"), 5);
	tree_group(tree, add_nic(tree, "0000:00:02.1"), 5);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.several-endpoints", FINDING_PASS);
	assert_string_equal(finding->summary, "IOMMU group 5 holds 2 functions of one device, "
					      "which cannot go to different guests");
}

static void bridges_share_a_group_with_one_endpoint_in_peace(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_bridge(tree, "0000:00:01.0"), 5);
	tree_group(tree, add_bridge(tree, "0000:00:01.1"), 5);
	tree_group(tree, add_nic(tree, "0000:00:02.0"), 5);
	assert_null(finding_of(judge_tree(tree), "iommu-groups.several-endpoints"));
}

static void members_that_are_no_pci_functions_count(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 5);
	tree_directory(tree, GROUPS "/5/devices/serial8250");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.several-endpoints", FINDING_WARN);
	assert_true(has_evidence(finding, "0000:00:02.0, serial8250"));
}

static void a_large_group_is_named_in_part(void **state)
{
	struct tree *tree = *state;

	for (unsigned i = 0; i < 12; i++)
		tree_group(tree, add_nic(tree, arena_printf(tree->arena, "0000:00:%02x.0", i)), 5);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "iommu-groups.several-endpoints", FINDING_WARN);
	assert_string_equal(
		finding->summary,
		"IOMMU group 5 holds 12 functions, which cannot go to different guests");
	assert_true(has_evidence(finding,
				 "0000:00:00.0, 0000:00:01.0, 0000:00:02.0, 0000:00:03.0, "
				 "0000:00:04.0, 0000:00:05.0, 0000:00:06.0, 0000:00:07.0, …"));
}

static void members_that_were_not_read_are_unknown(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 5);
	struct host *host = tree_host(tree);
	host->groups.groups[0].devices = (struct fact_list){.fact = unreadable("devices", 13)};
	const struct finding *finding = expect_finding(
		judge_host(tree, host), "iommu-groups.group-unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->subject.id, "5");
}

static void a_group_of_noiommu_mode_is_none(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 0);
	tree_file(tree, GROUPS "/0/name", "vfio-noiommu\n");
	struct host *host = tree_host(tree);
	host->modules.vfio_noiommu = known_text("enable_unsafe_noiommu_mode", "Y");
	struct findings *findings = judge_host(tree, host);
	expect_finding(findings, "iommu-groups.none", FINDING_FAIL);
	expect_finding(findings, "iommu-groups.noiommu", FINDING_WARN);
	assert_null(finding_of(findings, "iommu-groups.present"));
}

static void noiommu_mode_does_not_unmake_groups_of_units(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_group(tree, path, 0);
	tree_link(tree, arena_printf(tree->arena, "%s/iommu", path), "/sys/class/iommu/dmar0");
	tree_group(tree, add_nic(tree, "0000:00:03.0"), 1);
	tree_file(tree, GROUPS "/1/name", "vfio-noiommu\n");
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "iommu-groups.present", FINDING_PASS);
	assert_string_equal(finding->summary, "1 of 2 PCI functions are in IOMMU groups");
	finding = expect_finding(findings, "iommu-groups.noiommu", FINDING_FAIL);
	assert_string_equal(finding->subject.id, "0000:00:03.0");
}

/* Linux 7.3 without VFIO_GROUP. */
static void a_device_of_noiommu_mode_is_told_by_its_name(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_driver(tree, path, "vfio-pci");
	tree_directory(tree, arena_printf(tree->arena, "%s/vfio-dev/noiommu-vfio0", path));
	tree_group(tree, add_nic(tree, "0000:00:03.0"), 1);
	struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "iommu-groups.noiommu", FINDING_FAIL);
	assert_string_equal(finding->subject.id, "0000:00:02.0");
	assert_null(finding_of(findings, "iommu-groups.ungrouped"));
}

static void a_group_of_identity_type_is_a_group(void **state)
{
	struct tree *tree = *state;

	tree_group(tree, add_nic(tree, "0000:00:02.0"), 0);
	tree_file(tree, GROUPS "/0/type", "identity\n");
	expect_finding(judge_tree(tree), "iommu-groups.present", FINDING_PASS);
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(functions_in_groups_pass),
		TREE_TEST(a_host_whose_kernel_made_no_groups_fails),
		TREE_TEST(a_guest_whose_firmware_has_a_table_needs_no_virtual_iommu),
		TREE_TEST(dom0_of_xen_gets_no_groups_whatever_table_it_sees),
		TREE_TEST(no_setting_makes_groups_where_linux_has_no_driver),
		TREE_TEST(groups_of_other_devices_only_are_as_good_as_none),
		TREE_TEST(groups_that_could_not_be_listed_are_unknown),
		TREE_TEST(links_that_were_not_read_are_not_missing),
		TREE_TEST(a_function_is_in_the_group_that_lists_it),
		TREE_TEST(a_running_unit_alone_is_no_pass),
		TREE_TEST(a_running_unit_without_groups_fails),
		TREE_TEST(a_board_whose_device_tree_gives_pci_no_iommu_cannot_have_groups),
		TREE_TEST(a_device_tree_whose_iommu_does_not_run_needs_its_driver),
		TREE_TEST(a_virtual_machine_with_a_device_tree_needs_a_virtual_smmu),
		TREE_TEST(a_running_unit_speaks_for_groups_that_were_not_read),
		TREE_TEST(an_endpoint_without_group_is_named),
		cmocka_unit_test_setup_teardown(a_word_for_graphics_is_no_remedy_for_others,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(
			the_remedy_for_graphics_under_igfx_off_is_that_word_alone, paper_setup,
			paper_teardown),
		TREE_TEST(a_function_whose_group_comes_with_a_driver_is_not_ungrouped),
		TREE_TEST(the_function_of_amds_iommu_is_in_no_group_by_nature),
		TREE_TEST(a_link_that_was_not_read_beside_others_is_unknown),
		TREE_TEST(a_group_that_the_list_lacks_is_unknown),
		TREE_TEST(a_group_of_several_endpoints_warns),
		TREE_TEST(a_group_that_is_larger_than_predicted_follows_from_that),
		TREE_TEST(a_group_of_one_device_is_fine),
		TREE_TEST(bridges_share_a_group_with_one_endpoint_in_peace),
		TREE_TEST(members_that_are_no_pci_functions_count),
		TREE_TEST(a_large_group_is_named_in_part),
		TREE_TEST(members_that_were_not_read_are_unknown),
		TREE_TEST(a_group_of_noiommu_mode_is_none),
		TREE_TEST(noiommu_mode_does_not_unmake_groups_of_units),
		TREE_TEST(a_device_of_noiommu_mode_is_told_by_its_name),
		TREE_TEST(a_group_of_identity_type_is_a_group),
	};

	return cmocka_run_group_tests_name("iommu-groups", tests, NULL, NULL);
}

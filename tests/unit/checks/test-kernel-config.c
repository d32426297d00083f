/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

/* Everything that a host on 6.12 may want, with nothing that hurts. */
static const char *const whole[] = {
	"IOMMU_SUPPORT",    "IOMMU_API",
	"INTEL_IOMMU",      "DMAR_TABLE",
	"AMD_IOMMU",        "IRQ_REMAP",
	"IOMMUFD",          "VFIO",
	"VFIO_GROUP",       "VFIO_CONTAINER",
	"VFIO_IOMMU_TYPE1", "VFIO_PCI",
	"VFIO_PCI_CORE",    "PCI_IOV",
	"PCI_QUIRKS",       "PCIEPORTBUS",
	"HOTPLUG_PCI",      "HOTPLUG_PCI_PCIE",
	"HOTPLUG_PCI_ACPI", "PCI_MMCONFIG",
	"X86_X2APIC",       "KVM",
	"KVM_INTEL",        "KVM_AMD",
	"KVM_VFIO",         "HUGETLBFS",
};

/* A host of that vendor, whose kernel was built with everything but the options of without. */
static struct paper *make_host(void **state, enum cpu_vendor vendor, const char *release,
			       const char *without)
{
	struct paper *paper = *state;
	const char *text = "";

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		const char *wrapped = arena_printf(paper->arena, " %s ", whole[i]);
		const char *list = arena_printf(paper->arena, " %s ", without);
		if (!strstr(list, wrapped))
			text = arena_printf(paper->arena, "%sCONFIG_%s=y\n", text, whole[i]);
	}
	paper_reset(paper);
	paper_kernel(paper, release);
	paper_kconfig(paper, text);
	paper->host.cpu.vendor = vendor;
	paper->host.interrupts = (struct interrupts){0};
	return paper;
}

static void add_option(struct paper *paper, const char *line)
{
	const char *text = arena_printf(paper->arena, "%s\n", line);
	const struct kconfig before = paper->host.kconfig;

	for (size_t i = 0; i < before.count; i++)
		text = arena_printf(paper->arena, "%sCONFIG_%s=y\n", text, before.options[i].name);
	paper_kconfig(paper, text);
}

static const struct findings *run(const struct paper *paper)
{
	return judge(paper->arena, "kernel-config", &paper->host);
}

static const struct finding *expect(struct paper *paper, const char *id,
				    enum finding_verdict verdict)
{
	return expect_finding(run(paper), id, verdict);
}

static void expect_only_pass(struct paper *paper)
{
	expect(paper, "kernel-config.complete", FINDING_PASS);
	assert_int_equal(run(paper)->count, 1);
}

/* And no driver of a vendor's IOMMU. */
static void a_virtual_machine_with_a_viot_needs_the_driver_of_virtio_iommus(void **state)
{
	struct paper *paper =
		make_host(state, CPU_INTEL, "6.12.1", "INTEL_IOMMU DMAR_TABLE AMD_IOMMU");

	paper->host.acpi.viot.fact = unreadable("/sys/firmware/acpi/tables/VIOT", EACCES);
	const struct finding *finding = expect(paper, "kernel-config.missing", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "CONFIG_VIRTIO_IOMMU"));
	assert_int_equal(run(paper)->count, 1);
	add_option(paper, "CONFIG_VIRTIO_IOMMU=m");
	expect_only_pass(paper);
}

static void a_kernel_with_everything_passes(void **state)
{
	expect_only_pass(make_host(state, CPU_INTEL, "6.12.1", ""));
	expect_only_pass(make_host(state, CPU_AMD, "6.12.1", ""));
}

static void each_required_option_is_missed_by_name(void **state)
{
	static const char *const required[] = {
		"IOMMU_SUPPORT", "INTEL_IOMMU",      "IRQ_REMAP", "VFIO",      "VFIO_PCI",
		"PCI_MMCONFIG",  "VFIO_IOMMU_TYPE1", "KVM",       "KVM_INTEL",
	};

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		test_row("%s", required[i]);
		struct paper *paper = make_host(state, CPU_INTEL, "6.12.1", required[i]);
		const struct finding *finding =
			expect(paper, "kernel-config.missing", FINDING_FAIL);
		assert_true(has_evidence(
			finding, arena_printf(paper->arena, "CONFIG_%s is not set", required[i])));
		assert_int_equal(run(paper)->count, 1);
	}
}

static void each_wanted_option_warns_beside_the_pass(void **state)
{
	static const char *const wanted[] = {
		"VFIO_CONTAINER",   "PCI_QUIRKS",       "PCIEPORTBUS", "HOTPLUG_PCI",
		"HOTPLUG_PCI_PCIE", "HOTPLUG_PCI_ACPI", "KVM_VFIO",    "HUGETLBFS",
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		test_row("%s", wanted[i]);
		struct paper *paper = make_host(state, CPU_AMD, "6.12.1", wanted[i]);
		expect(paper, "kernel-config.recommended", FINDING_WARN);
		expect(paper, "kernel-config.complete", FINDING_PASS);
		assert_int_equal(run(paper)->count, 2);
	}
}

/* drivers/pci/hotplug/Kconfig and drivers/pci/pcie/Kconfig: both depend on HOTPLUG_PCI. */
static void ways_of_hotplug_are_not_missed_beside_hotplug(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1",
					"HOTPLUG_PCI HOTPLUG_PCI_PCIE HOTPLUG_PCI_ACPI");
	const struct finding *finding = expect(paper, "kernel-config.recommended", FINDING_WARN);

	assert_true(has_evidence(finding, "CONFIG_HOTPLUG_PCI is not set"));
	assert_int_equal(run(paper)->count, 2);
}

/* Debian builds none; who opens /dev/vfio/vfio does without it. */
static void iommufd_is_not_missed_beside_the_container(void **state)
{
	expect_only_pass(make_host(state, CPU_AMD, "6.12.1", "IOMMUFD"));
}

/* Hidden symbols follow what selects them. */
static void hidden_options_are_not_missed_where_they_are_selected(void **state)
{
	expect_only_pass(make_host(state, CPU_INTEL, "6.12.1", "DMAR_TABLE IOMMU_API"));
	expect_only_pass(make_host(state, CPU_AMD, "6.12.1", "VFIO_PCI_CORE"));
}

static void parts_of_what_is_missing_are_not_listed_beside_it(void **state)
{
	static const struct {
		enum cpu_vendor vendor;
		const char *without;
		const char *named;
	} rows[] = {
		{CPU_AMD,
		 "VFIO VFIO_GROUP VFIO_CONTAINER VFIO_IOMMU_TYPE1 VFIO_PCI VFIO_PCI_CORE IOMMUFD",
		 "CONFIG_VFIO is not set"},
		{CPU_INTEL, "INTEL_IOMMU DMAR_TABLE", "CONFIG_INTEL_IOMMU is not set"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].without);
		struct paper *paper = make_host(state, rows[i].vendor, "6.12.1", rows[i].without);
		const struct finding *finding =
			expect(paper, "kernel-config.missing", FINDING_FAIL);
		assert_true(has_evidence(finding, rows[i].named));
		for (; finding->next; finding = finding->next)
			assert_string_not_equal(finding->next->kind->id, "kernel-config.missing");
	}
}

static void options_of_the_other_vendor_are_not_missed(void **state)
{
	expect_only_pass(make_host(state, CPU_INTEL, "6.12.1", "AMD_IOMMU KVM_AMD"));
	expect_only_pass(make_host(state, CPU_AMD, "6.12.1", "INTEL_IOMMU DMAR_TABLE KVM_INTEL"));
}

static void the_table_of_firmware_decides_before_the_processor(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "AMD_IOMMU");

	paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", EACCES);
	expect_only_pass(paper);
}

static void options_of_later_kernels_are_not_missed(void **state)
{
	expect_only_pass(
		make_host(state, CPU_AMD, "6.1.0-51-amd64", "IOMMUFD VFIO_GROUP VFIO_CONTAINER"));
	expect_only_pass(make_host(state, CPU_AMD, "5.14.0",
				   "VFIO_PCI_CORE IOMMUFD VFIO_GROUP "
				   "VFIO_CONTAINER"));
	expect(make_host(state, CPU_AMD, "6.2.0", "VFIO_CONTAINER"), "kernel-config.recommended",
	       FINDING_WARN);
	expect(make_host(state, CPU_AMD, "6.6.0", "VFIO_GROUP"), "kernel-config.recommended",
	       FINDING_WARN);
}

static void options_later_than_the_configuration_are_not_missed(void **state)
{
	static const struct {
		struct kernel_version configured;
		bool missed;
	} rows[] = {
		{{0, 0, 0}, true}, {{5, 15, 0}, false}, {{6, 5, 0}, false},
		{{6, 6, 0}, true}, {{6, 12, 0}, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%u.%u", rows[i].configured.major, rows[i].configured.minor);
		struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "VFIO_GROUP");
		paper->host.kconfig.version = rows[i].configured;
		if (rows[i].missed)
			expect(paper, "kernel-config.recommended", FINDING_WARN);
		else
			expect_only_pass(paper);
	}
}

static void options_of_removed_code_are_never_missed(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "");

	assert_int_equal(kconfig_get(&paper->host.kconfig, "AMD_IOMMU_V2"), KCONFIG_NO);
	assert_int_equal(kconfig_get(&paper->host.kconfig, "VFIO_VIRQFD"), KCONFIG_NO);
	expect_only_pass(paper);
}

static void vfio_by_device_files_does_without_type1(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "VFIO_IOMMU_TYPE1");

	add_option(paper, "CONFIG_VFIO_DEVICE_CDEV=y");
	expect_only_pass(paper);
}

static void x2apic_is_wanted_where_the_processor_has_it(void **state)
{
	static const char *const flags[] = {"x2apic"};
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "X86_X2APIC");

	expect_only_pass(paper);
	paper->host.cpu.flags = flags;
	paper->host.cpu.flag_count = 1;
	expect(paper, "kernel-config.recommended", FINDING_WARN);
}

/* Adds a function with SR-IOV, of whose config space length bytes were read. */
static void add_pf(struct paper *paper, size_t length)
{
	struct pci_function *pf = add_express(paper, "0000:03:00.0", NULL, EXPRESS_ENDPOINT);

	set_config32(pf, 0x100, 1 << 16 | PCI_EXT_CAP_ID_SRIOV);
	pf->config.length = length;
}

static void sriov_is_required_where_a_function_has_it(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "PCI_IOV");

	expect_only_pass(paper);
	add_pf(paper, CONFIG_EXPRESS_SIZE);
	expect(paper, "kernel-config.missing", FINDING_FAIL);
}

static void sriov_may_be_required_where_it_was_not_read(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "PCI_IOV");

	add_pf(paper, CONFIG_HEADER_SIZE);
	expect(paper, "kernel-config.undetermined", FINDING_UNKNOWN);
	assert_null(finding_of(run(paper), "kernel-config.complete"));
}

static void a_driver_may_be_required_where_the_platform_is_unknown(void **state)
{
	struct paper *paper = make_host(state, CPU_OTHER, "6.12.1", "INTEL_IOMMU");

	expect(paper, "kernel-config.undetermined", FINDING_UNKNOWN);
	assert_null(finding_of(run(paper), "kernel-config.complete"));
}

static void what_runs_wins_over_the_file(void **state)
{
	static const char *const loaded[] = {"kvm_amd", "vfio_pci"};
	struct paper *paper =
		make_host(state, CPU_AMD, "6.12.1", "VFIO_PCI IRQ_REMAP AMD_IOMMU IOMMU_API");

	paper->host.modules.loaded.names = loaded;
	paper->host.modules.loaded.count = 2;
	paper->host.interrupts.remapped_chip = "IR-PCI-MSI";
	add_unit(paper, "ivhd0", IOMMU_AMD_VI);
	add_group(paper, 1, "", NULL);
	expect_only_pass(paper);
}

static void debugging_options_warn(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "");

	add_option(paper, "CONFIG_IOMMU_DEBUGFS=y");
	expect(paper, "kernel-config.harmful", FINDING_WARN);
}

static void noiommu_warns_only_while_its_mode_is_on(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "");

	add_option(paper, "CONFIG_VFIO_NOIOMMU=y");
	paper->host.modules.vfio_noiommu.fact = absent("enable_unsafe_noiommu_mode");
	expect(paper, "kernel-config.dormant", FINDING_PASS);
	paper->host.modules.vfio_noiommu = known_text("enable_unsafe_noiommu_mode", "N");
	expect(paper, "kernel-config.dormant", FINDING_PASS);
	paper->host.modules.vfio_noiommu = known_text("enable_unsafe_noiommu_mode", "Y");
	expect(paper, "kernel-config.harmful", FINDING_WARN);
}

static void an_absent_file_leaves_open_what_nothing_shows(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "");
	const struct finding *finding;

	paper->host.kconfig = (struct kconfig){.fact = absent("/proc/config.gz")};
	paper->host.cpu.kvm.fact = known("/dev/kvm");
	finding = expect(paper, "kernel-config.unreadable", FINDING_UNKNOWN);
	assert_int_equal(run(paper)->count, 1);
	assert_non_null(strstr(finding->summary, "VFIO_PCI"));
	assert_null(strstr(finding->summary, "KVM"));
	assert_string_equal(finding->remedy, "Install the package that holds /boot/config-6.12.1");
}

static void an_unreadable_file_asks_for_root(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "");
	const struct finding *finding;

	paper->host.kconfig = (struct kconfig){.fact = unreadable("/boot/config-6.12.1", EACCES)};
	finding = expect(paper, "kernel-config.unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->remedy, "Run passcheck as root");
}

static void a_file_cut_short_convicts_nothing(void **state)
{
	struct paper *paper = make_host(state, CPU_AMD, "6.12.1", "VFIO_PCI");
	const struct finding *finding;

	paper->host.kconfig.cut_short = true;
	finding = expect(paper, "kernel-config.unreadable", FINDING_UNKNOWN);
	assert_int_equal(run(paper)->count, 1);
	assert_non_null(strstr(finding->summary, "VFIO_PCI"));
	assert_null(strstr(finding->summary, "KVM"));
}

static void x86_options_are_not_missed_elsewhere(void **state)
{
	struct paper *paper = make_host(state, CPU_OTHER, "6.12.1",
					"INTEL_IOMMU AMD_IOMMU DMAR_TABLE IRQ_REMAP PCI_MMCONFIG "
					"HOTPLUG_PCI_ACPI X86_X2APIC KVM_INTEL KVM_AMD");

	paper->host.cpu.architecture = "s390x";
	expect_only_pass(paper);
}

static void options_of_ports_are_not_missed_on_s390(void **state)
{
	struct paper *paper = make_host(state, CPU_OTHER, "6.12.1", "PCIEPORTBUS HOTPLUG_PCI_PCIE");

	paper->host.cpu.architecture = "s390x";
	expect_only_pass(paper);
}

static void type1_is_not_missed_on_power(void **state)
{
	struct paper *paper = make_host(state, CPU_OTHER, "6.12.1", "VFIO_IOMMU_TYPE1");

	paper->host.cpu.architecture = "ppc64";
	expect_only_pass(paper);
}

/* Both SMMU drivers serve, as far as the kernel's configuration can tell. */
static void arm_needs_a_driver_of_its_iommu_and_of_its_its(void **state)
{
	static const char *const wanted[] = {"ARM_SMMU_V3", "ACPI_IORT", "ARM_GIC_V3_ITS"};
	struct paper *paper = make_host(state, CPU_OTHER, "6.12.1", "");

	paper->host.cpu.architecture = "aarch64";
	paper->host.acpi.directory.fact = known("/sys/firmware/acpi/tables");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		test_row("%s", wanted[i]);
		const struct finding *finding =
			expect_finding(run(paper), "kernel-config.missing", FINDING_FAIL);
		assert_non_null(strstr(finding->summary, wanted[i]));
		add_option(paper, arena_printf(paper->arena, "CONFIG_%s=y", wanted[i]));
	}
	expect_only_pass(paper);
}

static void a_device_tree_has_no_iort(void **state)
{
	struct paper *paper = make_host(state, CPU_OTHER, "6.12.1", "");

	paper->host.cpu.architecture = "aarch64";
	paper->host.acpi.directory.fact = absent("/sys/firmware/acpi/tables");
	add_option(paper, "CONFIG_ARM_SMMU=y");
	add_option(paper, "CONFIG_ARM_GIC_V3_ITS=y");
	expect_only_pass(paper);
}

/* Of a tree that was copied by hand the folder of tables is not known to be absent. */
static void a_device_tree_is_seen_by_host_bridges_and_by_the_kernel(void **state)
{
	struct paper *paper = make_host(state, CPU_OTHER, "6.12.1", "ARM_SMMU_V3");
	struct iommu_map map = {.path = "/sys/devices/platform/p/pci0000:00"};

	paper->host.cpu.architecture = "aarch64";
	paper->host.acpi.directory.fact =
		(struct fact){FACT_NOT_CAPTURED, 0, "/sys/firmware/acpi/tables"};
	add_option(paper, "CONFIG_ARM_GIC_V3_ITS=y");
	add_option(paper, "CONFIG_ARM_SMMU=y");
	expect_only_pass(paper);
	add_option(paper, "CONFIG_ACPI=y");
	expect_finding(run(paper), "kernel-config.undetermined", FINDING_UNKNOWN);
	paper->host.device_tree.maps = &map;
	paper->host.device_tree.map_count = 1;
	expect_only_pass(paper);
}

/* As of a Raspberry Pi: no kernel puts PCI behind an SMMU that is not there. */
static void a_board_that_leaves_pci_out_needs_no_driver_of_smmus(void **state)
{
	struct paper *paper = make_host(state, CPU_OTHER, "6.12.1", "");
	struct pci_function *function = add_function(paper, "0000:01:00.0", NULL);
	struct iommu_map map = {.path = "/sys/devices/platform/p/pci0000:00",
				.map.fact = absent("iommu-map")};

	paper->host.cpu.architecture = "aarch64";
	paper->host.acpi.directory.fact = absent("/sys/firmware/acpi/tables");
	add_option(paper, "CONFIG_ARM_GIC_V3_ITS=y");
	function->path = "/sys/devices/platform/p/pci0000:00/0000:00:01.0/0000:01:00.0";
	expect_finding(run(paper), "kernel-config.missing", FINDING_FAIL);
	paper->host.device_tree.maps = &map;
	paper->host.device_tree.map_count = 1;
	expect_only_pass(paper);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_with_everything_passes),
		TEST(a_virtual_machine_with_a_viot_needs_the_driver_of_virtio_iommus),
		TEST(each_required_option_is_missed_by_name),
		TEST(each_wanted_option_warns_beside_the_pass),
		TEST(ways_of_hotplug_are_not_missed_beside_hotplug),
		TEST(iommufd_is_not_missed_beside_the_container),
		TEST(hidden_options_are_not_missed_where_they_are_selected),
		TEST(parts_of_what_is_missing_are_not_listed_beside_it),
		TEST(options_of_the_other_vendor_are_not_missed),
		TEST(the_table_of_firmware_decides_before_the_processor),
		TEST(options_of_later_kernels_are_not_missed),
		TEST(options_later_than_the_configuration_are_not_missed),
		TEST(options_of_removed_code_are_never_missed),
		TEST(vfio_by_device_files_does_without_type1),
		TEST(x2apic_is_wanted_where_the_processor_has_it),
		TEST(sriov_is_required_where_a_function_has_it),
		TEST(sriov_may_be_required_where_it_was_not_read),
		TEST(a_driver_may_be_required_where_the_platform_is_unknown),
		TEST(what_runs_wins_over_the_file),
		TEST(debugging_options_warn),
		TEST(noiommu_warns_only_while_its_mode_is_on),
		TEST(an_absent_file_leaves_open_what_nothing_shows),
		TEST(an_unreadable_file_asks_for_root),
		TEST(a_file_cut_short_convicts_nothing),
		TEST(x86_options_are_not_missed_elsewhere),
		TEST(options_of_ports_are_not_missed_on_s390),
		TEST(type1_is_not_missed_on_power),
		TEST(arm_needs_a_driver_of_its_iommu_and_of_its_its),
		TEST(a_device_tree_has_no_iort),
		TEST(a_device_tree_is_seen_by_host_bridges_and_by_the_kernel),
		TEST(a_board_that_leaves_pci_out_needs_no_driver_of_smmus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

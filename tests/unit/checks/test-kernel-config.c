/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

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

struct fixture {
	struct arena *arena;
	struct host host;
	struct pci_function function;
	struct findings *findings;
};

static int setup(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){.arena = arena_new()};
	*state = &fixture;
	return fixture.arena ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	arena_free(fixture->arena);
	return 0;
}

/* A host of that vendor, whose kernel was built with everything but the options of without. */
static struct fixture *make_host(void **state, enum cpu_vendor vendor, const char *release,
				 const char *without)
{
	struct fixture *fixture = *state;
	const char *text = "";

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		const char *wrapped = arena_printf(fixture->arena, " %s ", whole[i]);
		const char *list = arena_printf(fixture->arena, " %s ", without);
		if (!strstr(list, wrapped))
			text = arena_printf(fixture->arena, "%sCONFIG_%s=y\n", text, whole[i]);
	}
	fixture->host = (struct host){
		.arena = fixture->arena,
		.kernel_release = known_text("/proc/sys/kernel/osrelease", release),
		.cpu = {.fact = known("/proc/cpuinfo"),
			.vendor = vendor,
			.vendor_id = "",
			.architecture = "x86_64",
			.kvm = {.fact = absent("/dev/kvm")}},
		.groups = {.fact = known("/sys/kernel/iommu_groups")},
		.units = {.fact = known("/sys/class/iommu")},
		.pci = {.fact = known("/sys/bus/pci/devices")},
		.acpi = {.dmar = {.fact = absent("/sys/firmware/acpi/tables/DMAR")},
			 .ivrs = {.fact = absent("/sys/firmware/acpi/tables/IVRS")}},
		.modules = {.loaded = {.fact = known("/proc/modules")},
			    .builtin = {.fact = known("/lib/modules/R/modules.builtin")}},
	};
	const struct fact_text file = known_text("/boot/config-R", text);
	kconfig_parse(fixture->arena, &file, &fixture->host.kconfig);
	return fixture;
}

static void add_option(struct fixture *fixture, const char *line)
{
	const char *text = arena_printf(fixture->arena, "%s\n", line);
	const struct kconfig before = fixture->host.kconfig;

	for (size_t i = 0; i < before.count; i++)
		text = arena_printf(fixture->arena, "%sCONFIG_%s=y\n", text,
				    before.options[i].name);
	const struct fact_text file = known_text("/boot/config-R", text);
	kconfig_parse(fixture->arena, &file, &fixture->host.kconfig);
}

static struct findings *run(struct fixture *fixture)
{
	fixture->findings = judge(fixture->arena, "kernel-config", &fixture->host);
	return fixture->findings;
}

static const struct finding *expect(struct fixture *fixture, const char *id,
				    enum finding_verdict verdict)
{
	return expect_finding(run(fixture), id, verdict);
}

static void expect_only_pass(struct fixture *fixture)
{
	expect(fixture, "kernel-config.complete", FINDING_PASS);
	assert_int_equal(fixture->findings->count, 1);
}

static void a_kernel_with_everything_passes(void **state)
{
	expect_only_pass(make_host(state, CPU_INTEL, "6.12.1", ""));
	expect_only_pass(make_host(state, CPU_AMD, "6.12.1", ""));
}

static void each_required_option_is_missed_by_name(void **state)
{
	static const char *const required[] = {
		"IOMMU_SUPPORT", "IOMMU_API", "INTEL_IOMMU",   "DMAR_TABLE",   "IRQ_REMAP",
		"VFIO",          "VFIO_PCI",  "VFIO_PCI_CORE", "PCI_MMCONFIG", "VFIO_IOMMU_TYPE1",
		"KVM",           "KVM_INTEL",
	};

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		test_row("%s", required[i]);
		struct fixture *fixture = make_host(state, CPU_INTEL, "6.12.1", required[i]);
		const struct finding *finding =
			expect(fixture, "kernel-config.missing", FINDING_FAIL);
		assert_true(
			has_evidence(finding, arena_printf(fixture->arena, "CONFIG_%s is not set",
							   required[i])));
		assert_int_equal(fixture->findings->count, 1);
	}
}

static void each_wanted_option_warns_beside_the_pass(void **state)
{
	static const char *const wanted[] = {
		"IOMMUFD",          "VFIO_CONTAINER",   "PCI_QUIRKS", "PCIEPORTBUS", "HOTPLUG_PCI",
		"HOTPLUG_PCI_PCIE", "HOTPLUG_PCI_ACPI", "KVM_VFIO",   "HUGETLBFS",
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		test_row("%s", wanted[i]);
		struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", wanted[i]);
		expect(fixture, "kernel-config.recommended", FINDING_WARN);
		expect(fixture, "kernel-config.complete", FINDING_PASS);
		assert_int_equal(fixture->findings->count, 2);
	}
}

static void options_of_the_other_vendor_are_not_missed(void **state)
{
	expect_only_pass(make_host(state, CPU_INTEL, "6.12.1", "AMD_IOMMU KVM_AMD"));
	expect_only_pass(make_host(state, CPU_AMD, "6.12.1", "INTEL_IOMMU DMAR_TABLE KVM_INTEL"));
}

static void the_table_of_firmware_decides_before_the_processor(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "AMD_IOMMU");

	fixture->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", EACCES);
	expect_only_pass(fixture);
}

static void options_of_later_kernels_are_not_missed(void **state)
{
	expect_only_pass(
		make_host(state, CPU_AMD, "6.1.0-51-amd64", "IOMMUFD VFIO_GROUP VFIO_CONTAINER"));
	expect_only_pass(make_host(state, CPU_AMD, "5.14.0",
				   "VFIO_PCI_CORE IOMMUFD VFIO_GROUP "
				   "VFIO_CONTAINER"));
	expect(make_host(state, CPU_AMD, "6.2.0", "IOMMUFD"), "kernel-config.recommended",
	       FINDING_WARN);
	expect(make_host(state, CPU_AMD, "6.6.0", "VFIO_GROUP"), "kernel-config.recommended",
	       FINDING_WARN);
}

static void options_of_removed_code_are_never_missed(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "");

	assert_int_equal(kconfig_get(&fixture->host.kconfig, "AMD_IOMMU_V2"), KCONFIG_NO);
	assert_int_equal(kconfig_get(&fixture->host.kconfig, "VFIO_VIRQFD"), KCONFIG_NO);
	expect_only_pass(fixture);
}

static void vfio_by_device_files_does_without_type1(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "VFIO_IOMMU_TYPE1");

	add_option(fixture, "CONFIG_VFIO_DEVICE_CDEV=y");
	expect_only_pass(fixture);
}

static void x2apic_is_wanted_where_the_processor_has_it(void **state)
{
	static const char *const flags[] = {"x2apic"};
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "X86_X2APIC");

	expect_only_pass(fixture);
	fixture->host.cpu.flags = flags;
	fixture->host.cpu.flag_count = 1;
	expect(fixture, "kernel-config.recommended", FINDING_WARN);
}

static void add_function(struct fixture *fixture, const uint8_t *bytes, size_t length)
{
	fixture->function = (struct pci_function){
		.name = "0000:03:00.0",
		.config = {.fact = known("config"), .bytes = bytes, .length = length}};
	fixture->host.pci.functions = &fixture->function;
	fixture->host.pci.count = 1;
}

/* Vendor 8086, Express capability at 0x40, SR-IOV capability at 0x100. */
static const uint8_t pf_config[4096] = {
	0x86,          0x80,          [0x06] = 0x10,  [0x34] = 0x40,
	[0x40] = 0x10, [0x42] = 0x02, [0x100] = 0x10, [0x102] = 0x01,
};

static void sriov_is_required_where_a_function_has_it(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "PCI_IOV");

	expect_only_pass(fixture);
	add_function(fixture, pf_config, sizeof(pf_config));
	expect(fixture, "kernel-config.missing", FINDING_FAIL);
}

static void sriov_may_be_required_where_it_was_not_read(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "PCI_IOV");

	add_function(fixture, pf_config, 64);
	expect(fixture, "kernel-config.undetermined", FINDING_UNKNOWN);
	assert_null(finding_of(fixture->findings, "kernel-config.complete"));
}

static void a_driver_may_be_required_where_the_platform_is_unknown(void **state)
{
	struct fixture *fixture = make_host(state, CPU_OTHER, "6.12.1", "INTEL_IOMMU");

	expect(fixture, "kernel-config.undetermined", FINDING_UNKNOWN);
	assert_null(finding_of(fixture->findings, "kernel-config.complete"));
}

static void what_runs_wins_over_the_file(void **state)
{
	static const char *const loaded[] = {"kvm_amd", "vfio_pci"};
	struct fixture *fixture =
		make_host(state, CPU_AMD, "6.12.1", "VFIO_PCI IRQ_REMAP AMD_IOMMU IOMMU_API");
	struct iommu_unit unit = {.kind = IOMMU_AMD_VI, .name = "ivhd0"};
	struct iommu_group group = {.id = 1};

	fixture->host.modules.loaded.names = loaded;
	fixture->host.modules.loaded.count = 2;
	fixture->host.interrupts.remapped_chip = "IR-PCI-MSI";
	fixture->host.units.units = &unit;
	fixture->host.units.count = 1;
	fixture->host.groups.groups = &group;
	fixture->host.groups.count = 1;
	expect_only_pass(fixture);
}

static void debugging_options_warn(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "");

	add_option(fixture, "CONFIG_IOMMU_DEBUGFS=y");
	expect(fixture, "kernel-config.harmful", FINDING_WARN);
}

static void noiommu_warns_only_while_its_mode_is_on(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "");

	add_option(fixture, "CONFIG_VFIO_NOIOMMU=y");
	fixture->host.modules.vfio_noiommu.fact = absent("enable_unsafe_noiommu_mode");
	expect(fixture, "kernel-config.dormant", FINDING_PASS);
	fixture->host.modules.vfio_noiommu = known_text("enable_unsafe_noiommu_mode", "N");
	expect(fixture, "kernel-config.dormant", FINDING_PASS);
	fixture->host.modules.vfio_noiommu = known_text("enable_unsafe_noiommu_mode", "Y");
	expect(fixture, "kernel-config.harmful", FINDING_WARN);
}

static void an_absent_file_leaves_open_what_nothing_shows(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "");
	const struct finding *finding;

	fixture->host.kconfig = (struct kconfig){.fact = absent("/proc/config.gz")};
	fixture->host.cpu.kvm.fact = known("/dev/kvm");
	finding = expect(fixture, "kernel-config.unreadable", FINDING_UNKNOWN);
	assert_int_equal(fixture->findings->count, 1);
	assert_non_null(strstr(finding->summary, "VFIO_PCI"));
	assert_null(strstr(finding->summary, "KVM"));
	assert_string_equal(finding->remedy, "Install the package that holds /boot/config-6.12.1");
}

static void an_unreadable_file_asks_for_root(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "");
	const struct finding *finding;

	fixture->host.kconfig = (struct kconfig){.fact = unreadable("/boot/config-6.12.1", EACCES)};
	finding = expect(fixture, "kernel-config.unreadable", FINDING_UNKNOWN);
	assert_string_equal(finding->remedy, "Run passcheck as root");
}

static void a_file_cut_short_convicts_nothing(void **state)
{
	struct fixture *fixture = make_host(state, CPU_AMD, "6.12.1", "VFIO_PCI");
	const struct finding *finding;

	fixture->host.kconfig.cut_short = true;
	finding = expect(fixture, "kernel-config.unreadable", FINDING_UNKNOWN);
	assert_int_equal(fixture->findings->count, 1);
	assert_non_null(strstr(finding->summary, "VFIO_PCI"));
	assert_null(strstr(finding->summary, "KVM"));
}

static void x86_options_are_not_missed_elsewhere(void **state)
{
	struct fixture *fixture = make_host(
		state, CPU_OTHER, "6.12.1",
		"INTEL_IOMMU AMD_IOMMU DMAR_TABLE IRQ_REMAP PCI_MMCONFIG VFIO_IOMMU_TYPE1 "
		"HOTPLUG_PCI_ACPI X86_X2APIC KVM_INTEL KVM_AMD");

	fixture->host.cpu.architecture = "aarch64";
	expect_only_pass(fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_with_everything_passes),
		TEST(each_required_option_is_missed_by_name),
		TEST(each_wanted_option_warns_beside_the_pass),
		TEST(options_of_the_other_vendor_are_not_missed),
		TEST(the_table_of_firmware_decides_before_the_processor),
		TEST(options_of_later_kernels_are_not_missed),
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

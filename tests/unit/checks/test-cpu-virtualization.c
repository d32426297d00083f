/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define ID(name) "cpu-virtualization." name

#define INTEL   "vendor_id\t: GenuineIntel\nmodel name\t: Xeon\n"
#define AMD     "vendor_id\t: AuthenticAMD\nmodel name\t: EPYC\n"
#define FLAGS   "flags\t\t: fpu tsc lm "
#define AARCH64 "CPU implementer\t: 0x41\nCPU architecture: 8\n"
#define S390    "vendor_id       : IBM/S390\nfeatures\t: esan3 zarch "
#define POWER   "cpu\t\t: POWER9 (raw)\n"

/* A host whose /dev/kvm is a device. */
static struct host *make_host(struct paper *paper, const char *cpuinfo)
{
	struct host *host = &paper->host;
	struct fact_text text = known_text("/proc/cpuinfo", cpuinfo);

	paper_reset(paper);
	cpu_parse(paper->arena, &text, &host->cpu);
	host->cpu.kvm = (struct fact_node){.fact = known("/dev/kvm"), .mode = S_IFCHR | 0660};
	return host;
}

static struct findings *judge_cpuinfo(struct paper *paper, const char *cpuinfo)
{
	return judge(paper->arena, "cpu-virtualization", make_host(paper, cpuinfo));
}

struct feature_case {
	const char *cpuinfo;
	const char *summary;
};

static const struct feature_case able[] = {
	{INTEL FLAGS "vmx\n", "the processor has VT-x (vmx)"},
	{AMD FLAGS "svm\n", "the processor has AMD-V (svm)"},
	{"vendor_id\t: HygonGenuine\n" FLAGS "svm\n", "the processor has AMD-V (svm)"},
	{"vendor_id\t: CentaurHauls\n" FLAGS "vmx\n", "the processor has VT-x (vmx)"},
	{"vendor_id\t:   Shanghai  \n" FLAGS "vmx\n", "the processor has VT-x (vmx)"},
	{FLAGS "vmx\n", "the processor has VT-x (vmx)"},
	{INTEL FLAGS "vmx hypervisor\n", "this virtual machine has VT-x (vmx)"},
	{S390 "sie\n", "the processor has SIE (sie)"},
};

static void processor_with_its_vendors_flag_passes(void **state)
{
	for (size_t i = 0; i < sizeof(able) / sizeof(able[0]); i++) {
		test_row("%s", able[i].cpuinfo);
		struct findings *findings = judge_cpuinfo(*state, able[i].cpuinfo);
		const struct finding *finding =
			expect_finding(findings, ID("feature"), FINDING_PASS);
		assert_string_equal(finding->summary, able[i].summary);
		assert_null(finding->remedy);
		expect_finding(findings, ID("kvm"), FINDING_PASS);
		assert_int_equal(findings->count, 2);
	}
}

struct lack_case {
	const char *cpuinfo;
	const char *summary;
	const char *remedy; /* a part of it, NULL: none */
};

static const struct lack_case unable[] = {
	{INTEL FLAGS "est\n", "Xeon offers no VT-x: its flags lack vmx",
	 "Intel Virtualization Technology"},
	{AMD FLAGS "npt\n", "EPYC offers no AMD-V: its flags lack svm", "SVM Mode"},
	/* The other vendor's flag does not count. */
	{INTEL FLAGS "svm\n", "Xeon offers no VT-x: its flags lack vmx", "firmware"},
	{AMD FLAGS "vmx\n", "EPYC offers no AMD-V: its flags lack svm", "firmware"},
	{INTEL FLAGS "hypervisor\n", "Xeon offers no VT-x: its flags lack vmx",
	 "nested virtualisation"},
	{"vendor_id\t: GenuineTMx86\n" FLAGS "\n",
	 "the processor offers no virtualisation that KVM knows: its flags lack vmx and svm", NULL},
	{S390 "vx\n", "the processor offers no SIE: its flags lack sie", NULL},
};

static void processor_without_its_vendors_flag_fails(void **state)
{
	for (size_t i = 0; i < sizeof(unable) / sizeof(unable[0]); i++) {
		test_row("%s", unable[i].cpuinfo);
		struct findings *findings = judge_cpuinfo(*state, unable[i].cpuinfo);
		const struct finding *finding =
			expect_finding(findings, ID("no-feature"), FINDING_FAIL);
		assert_string_equal(finding->summary, unable[i].summary);
		assert_true(has_evidence(finding, "/proc/cpuinfo"));
		if (unable[i].remedy)
			assert_non_null(strstr(finding->remedy, unable[i].remedy));
		else
			assert_null(finding->remedy);
		assert_int_equal(findings->count, 1);
	}
}

static void dom0_of_xen_has_another_culprit(void **state)
{
	struct paper *paper = *state;
	struct host *host = make_host(paper, INTEL FLAGS "hypervisor\n");

	host->hypervisor.xen.type = known_text("/sys/hypervisor/type", "xen");
	host->hypervisor.xen.capabilities = known_text("/proc/xen/capabilities", "control_d");
	const struct finding *finding = expect_finding(
		judge(paper->arena, "cpu-virtualization", host), ID("no-feature"), FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "This is Xen's dom0"));
	assert_true(has_evidence(finding, "/proc/xen/capabilities"));
}

static void cpuinfo_that_cannot_be_judged_leaves_it_unknown(void **state)
{
	static const char *const texts[] = {"", INTEL, INTEL "flags\t\t: fpu tsc lm vm", "x\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_row("%s", texts[i]);
		struct findings *findings = judge_cpuinfo(*state, texts[i]);
		expect_finding(findings, ID("unreadable"), FINDING_UNKNOWN);
		assert_int_equal(findings->count, 1);
	}
}

static void denied_cpuinfo_says_what_would_settle_it(void **state)
{
	struct host *host = make_host(*state, "");

	host->cpu = (struct cpu){.fact = unreadable("/proc/cpuinfo", EACCES)};
	const struct finding *finding = expect_finding(
		judge(host->arena, "cpu-virtualization", host), ID("unreadable"), FINDING_UNKNOWN);
	assert_int_equal(finding->evidence->error, EACCES);
	assert_string_equal(finding->remedy, "Run passcheck as root");
}

struct module_case {
	const char *cpuinfo;
	const char *command;
};

static const struct module_case without_kvm[] = {
	{INTEL FLAGS "vmx\n", "modprobe kvm_intel"},
	{AMD FLAGS "svm\n", "modprobe kvm_amd"},
	{"vendor_id\t:   Shanghai  \n" FLAGS "vmx\n", "modprobe kvm_intel"},
	{S390 "sie\n", "modprobe kvm"},
	{POWER, "modprobe kvm_hv"},
};

static void missing_kvm_warns_and_names_the_module(void **state)
{
	for (size_t i = 0; i < sizeof(without_kvm) / sizeof(without_kvm[0]); i++) {
		test_row("%s", without_kvm[i].cpuinfo);
		struct host *host = make_host(*state, without_kvm[i].cpuinfo);
		host->cpu.kvm = (struct fact_node){.fact = absent("/dev/kvm")};
		const struct finding *finding = expect_finding(
			judge(host->arena, "cpu-virtualization", host), ID("no-kvm"), FINDING_WARN);
		assert_true(has_evidence(finding, "/dev/kvm"));
		assert_non_null(finding->remedy);
		assert_string_equal(finding->commands->text, without_kvm[i].command);
	}
}

static void missing_kvm_of_a_loaded_module_is_not_cured_by_loading_it(void **state)
{
	static const char *const loaded[] = {"kvm", "kvm_intel"};
	struct host *host = make_host(*state, INTEL FLAGS "vmx\n");

	host->cpu.kvm = (struct fact_node){.fact = absent("/dev/kvm")};
	host->modules.loaded.names = loaded;
	host->modules.loaded.count = 2;
	const struct finding *finding = expect_finding(
		judge(host->arena, "cpu-virtualization", host), ID("no-kvm"), FINDING_WARN);
	assert_string_equal(finding->summary,
			    "/dev/kvm does not exist, though the kernel has kvm_intel");
	assert_true(has_evidence(finding, "kvm_intel"));
	assert_null(finding->commands);
}

struct arm_case {
	const char *kconfig;
	const char *cmdline;
	const char *product;
	const char *summary;
	const char *remedy;
};

#define NOT_STARTED "/dev/kvm does not exist: KVM is in the kernel and did not start"
#define NOT_THERE   "/dev/kvm does not exist: the kernel has no KVM, or KVM did not start"

static const struct arm_case arm_cases[] = {
	{"CONFIG_KVM=y\n", "", "Altra", NOT_STARTED, "hypervisor mode (EL2)"},
	{"CONFIG_KVM=y\n", "", "QEMU Virtual Machine", NOT_STARTED, "nested virtualisation"},
	{"CONFIG_KVM=y\n", "kvm-arm.mode=none", "Altra", NOT_STARTED, "Remove kvm-arm.mode=none"},
	{"CONFIG_KVM=y\n", "kvm-arm.mode=nvhe", "Altra", NOT_STARTED, "hypervisor mode (EL2)"},
	{"CONFIG_X=y\n", "", "Altra", NOT_THERE, "Boot a kernel with CONFIG_KVM"},
};

/* There is no module to load. */
static void missing_kvm_is_final_on_arm(void **state)
{
	for (size_t i = 0; i < sizeof(arm_cases) / sizeof(arm_cases[0]); i++) {
		const struct arm_case *row = &arm_cases[i];
		test_row("%zu", i);
		struct host *host = make_host(*state, AARCH64);
		host->cpu.kvm = (struct fact_node){.fact = absent("/dev/kvm")};
		host->cpu.kvm_class = (struct fact_node){.fact = absent("/sys/class/misc/kvm")};
		host->product = known_text("product_name", row->product);
		paper_kconfig(*state, row->kconfig);
		paper_command_line(*state, row->cmdline);
		const struct finding *finding =
			expect_finding(judge(host->arena, "cpu-virtualization", host),
				       ID("not-at-el2"), FINDING_FAIL);
		assert_string_equal(finding->summary, row->summary);
		assert_non_null(strstr(finding->remedy, row->remedy));
		assert_null(finding->commands);
	}
}

struct cloud_case {
	const char *vendor, *product;
	const char *remedy;
};

static const struct cloud_case cloud_cases[] = {
	{"Amazon EC2", "c7g.4xlarge", "bare metal"},
	{"Google", "Google Compute Engine", "(enableNestedVirtualization of its"},
	{"Alibaba Cloud", "Alibaba Cloud ECS", "Let the hypervisor below offer nested"},
};

static void what_offers_virtualisation_in_a_cloud_is_named(void **state)
{
	for (size_t i = 0; i < sizeof(cloud_cases) / sizeof(cloud_cases[0]); i++) {
		const struct cloud_case *row = &cloud_cases[i];
		test_row("%s", row->vendor);
		struct host *host = make_host(*state, AARCH64);
		host->cpu.kvm = (struct fact_node){.fact = absent("/dev/kvm")};
		host->cpu.kvm_class = (struct fact_node){.fact = absent("/sys/class/misc/kvm")};
		host->vendor = known_text("sys_vendor", row->vendor);
		host->product = known_text("product_name", row->product);
		paper_kconfig(*state, "CONFIG_KVM=y\n");
		const struct finding *finding =
			expect_finding(judge(host->arena, "cpu-virtualization", host),
				       ID("not-at-el2"), FINDING_FAIL);
		assert_non_null(strstr(finding->remedy, row->remedy));
	}
}

static void kvm_that_a_container_hides_warns_on_arm(void **state)
{
	struct host *host = make_host(*state, AARCH64);

	host->cpu.kvm = (struct fact_node){.fact = absent("/dev/kvm")};
	host->cpu.kvm_class = (struct fact_node){.fact = known("/sys/class/misc/kvm")};
	const struct finding *finding = expect_finding(
		judge(host->arena, "cpu-virtualization", host), ID("no-kvm"), FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "container"));
}

static void file_in_place_of_kvm_warns(void **state)
{
	struct host *host = make_host(*state, INTEL FLAGS "vmx\n");

	host->cpu.kvm.mode = S_IFREG | 0644;
	const struct finding *finding = expect_finding(
		judge(host->arena, "cpu-virtualization", host), ID("no-kvm"), FINDING_WARN);
	assert_string_equal(finding->summary, "/dev/kvm is no device");
}

static void kvm_that_was_not_looked_at_is_unknown(void **state)
{
	static const struct fact facts[] = {
		{.state = FACT_NOT_CAPTURED, .source = "/dev/kvm"},
		{.state = FACT_UNREADABLE, .error = EACCES, .source = "/dev/kvm"},
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		test_row("%s", fact_state_name(facts[i].state));
		struct host *host = make_host(*state, AMD FLAGS "svm\n");
		host->cpu.kvm = (struct fact_node){.fact = facts[i]};
		struct findings *findings = judge(host->arena, "cpu-virtualization", host);
		const struct finding *finding =
			expect_finding(findings, ID("kvm-unreadable"), FINDING_UNKNOWN);
		assert_non_null(finding->remedy);
	}
}

static void other_architecture_is_judged_by_kvm_alone(void **state)
{
	static const char *const texts[] = {AARCH64, POWER, "isa\t\t: rv64imafdch\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_row("%s", texts[i]);
		struct findings *findings = judge_cpuinfo(*state, texts[i]);
		expect_finding(findings, ID("other-architecture"), FINDING_NOT_APPLICABLE);
		expect_finding(findings, ID("kvm"), FINDING_PASS);
		assert_int_equal(findings->count, 2);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(processor_with_its_vendors_flag_passes),
		TEST(processor_without_its_vendors_flag_fails),
		TEST(dom0_of_xen_has_another_culprit),
		TEST(cpuinfo_that_cannot_be_judged_leaves_it_unknown),
		TEST(denied_cpuinfo_says_what_would_settle_it),
		TEST(missing_kvm_warns_and_names_the_module),
		TEST(missing_kvm_of_a_loaded_module_is_not_cured_by_loading_it),
		TEST(missing_kvm_is_final_on_arm),
		TEST(what_offers_virtualisation_in_a_cloud_is_named),
		TEST(kvm_that_a_container_hides_warns_on_arm),
		TEST(file_in_place_of_kvm_warns),
		TEST(kvm_that_was_not_looked_at_is_unknown),
		TEST(other_architecture_is_judged_by_kvm_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/tree.h"

#define INTEL "/sys/module/kvm_intel/parameters/"
#define AMD   "/sys/module/kvm_amd/parameters/"

static struct findings *judge_tree(struct tree *tree)
{
	struct host *host = unread_host(tree->arena);

	kvm_load(tree_open(tree), tree->arena, &host->kvm);
	return judge(tree->arena, "kvm", host);
}

static void loaded_module_with_nested_paging_passes(void **state)
{
	tree_file(*state, AMD "npt", "1\n");
	tree_file(*state, AMD "nested", "1\n");
	tree_file(*state, AMD "avic", "N\n");
	struct findings *findings = judge_tree(*state);
	const struct finding *finding = expect_finding(findings, "kvm.loaded", FINDING_PASS);
	assert_true(has_evidence(finding, AMD "avic"));
	assert_int_equal(findings->count, 1);
}

static void module_without_nested_paging_warns(void **state)
{
	tree_file(*state, INTEL "ept", "N\n");
	const struct finding *finding =
		expect_finding(judge_tree(*state), "kvm.no-nested-paging", FINDING_WARN);
	assert_string_equal(finding->summary, "kvm_intel runs without ept");
}

static void host_without_kvm_has_nothing_to_judge(void **state)
{
	struct tree *tree = *state;
	struct host *host = unread_host(tree->arena);

	host->kvm.intel_ept.fact = absent(INTEL "ept");
	host->kvm.amd_npt.fact = absent(AMD "npt");
	expect_finding(judge(tree->arena, "kvm", host), "kvm.not-loaded", FINDING_NOT_APPLICABLE);
}

static void parameters_that_were_not_captured_are_not_absent(void **state)
{
	struct tree *tree = *state;
	struct host *host = unread_host(tree->arena);

	struct findings *findings = judge(tree->arena, "kvm", host);
	expect_finding(findings, "kvm.unreadable", FINDING_UNKNOWN);
	assert_null(finding_of(findings, "kvm.not-loaded"));
}

static struct findings *judge_cpu(struct arena *arena, const struct cpu *cpu, struct kvm kvm)
{
	struct host *host = unread_host(arena);

	host->cpu = *cpu;
	host->kvm = kvm;
	return judge(arena, "kvm", host);
}

static void only_the_module_of_the_processor_is_named(void **state)
{
	static const struct {
		enum cpu_vendor vendor;
		bool names_intel, names_amd;
	} cases[] = {{CPU_INTEL, true, false}, {CPU_AMD, false, true}, {CPU_OTHER, true, true}};
	struct arena *arena = ((struct tree *)*state)->arena;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("processor of vendor %d", cases[i].vendor);
		const struct cpu cpu = {.vendor = cases[i].vendor, .architecture = "x86_64"};
		const struct finding *finding = expect_finding(
			judge_cpu(arena, &cpu,
				  (struct kvm){
					  .intel_ept.fact = unreadable(INTEL "ept", EACCES),
					  .amd_npt.fact = unreadable(AMD "npt", EACCES),
				  }),
			"kvm.unreadable", FINDING_UNKNOWN);
		assert_int_equal(has_evidence(finding, INTEL "ept"), cases[i].names_intel);
		assert_int_equal(has_evidence(finding, AMD "npt"), cases[i].names_amd);

		finding = expect_finding(judge_cpu(arena, &cpu,
						   (struct kvm){
							   .intel_ept.fact = absent(INTEL "ept"),
							   .amd_npt.fact = absent(AMD "npt"),
						   }),
					 "kvm.not-loaded", FINDING_NOT_APPLICABLE);
		assert_int_equal(has_evidence(finding, INTEL "ept"), cases[i].names_intel);
		assert_int_equal(has_evidence(finding, AMD "npt"), cases[i].names_amd);
	}
}

static void processors_of_other_architectures_have_neither_module(void **state)
{
	struct arena *arena = ((struct tree *)*state)->arena;
	const struct cpu arm = {.fact = known("/proc/cpuinfo"), .architecture = "aarch64"};
	struct findings *findings = judge_cpu(
		arena, &arm, (struct kvm){.intel_ept.fact = unreadable(INTEL "ept", EACCES)});
	const struct finding *finding =
		expect_finding(findings, "kvm.other-architecture", FINDING_NOT_APPLICABLE);

	assert_true(has_evidence(finding, "aarch64"));
	assert_null(finding_of(findings, "kvm.unreadable"));
}

static void ignored_registers_warn(void **state)
{
	tree_file(*state, INTEL "ept", "Y\n");
	tree_file(*state, "/sys/module/kvm/parameters/ignore_msrs", "Y\n");
	const struct finding *finding =
		expect_finding(judge_tree(*state), "kvm.ignores-msrs", FINDING_WARN);
	assert_string_equal(finding->commands->text,
			    "echo N > /sys/module/kvm/parameters/ignore_msrs");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(loaded_module_with_nested_paging_passes),
		TEST(module_without_nested_paging_warns),
		TEST(host_without_kvm_has_nothing_to_judge),
		TEST(parameters_that_were_not_captured_are_not_absent),
		TEST(only_the_module_of_the_processor_is_named),
		TEST(processors_of_other_architectures_have_neither_module),
		TEST(ignored_registers_warn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

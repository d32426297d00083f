/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules/modules.h"

#include <errno.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

#define RELEASE "6.1.0-51-amd64"
#define BUILTIN "/lib/modules/" RELEASE "/modules.builtin"

static const char proc_modules[] = "vfio_pci 16384 0 - Live 0xffffffffc0a00000\n"
				   "vfio_iommu_type1 49152 0 - Live 0x0000000000000000\n"
				   "kvm_amd 151552 0 - Live 0x0000000000000000 (O)\n";

static const char modules_builtin[] = "kernel/drivers/iommu/iommufd/iommufd.ko\n"
				      "kernel/drivers/pci/hotplug/pci-stub.ko\n"
				      "kernel/fs/binfmt_script.ko\n";

static struct modules load(struct tree *tree, const char *release)
{
	struct modules modules = {0};

	modules_load(tree_open(tree), tree->arena, release, &modules);
	return modules;
}

struct module_case {
	const char *name;
	enum fact_state state;
	const char *source;
};

static const struct module_case modules_of_a_host[] = {
	{"vfio_pci", FACT_KNOWN, "/proc/modules"}, {"vfio-pci", FACT_KNOWN, "/proc/modules"},
	{"kvm_amd", FACT_KNOWN, "/proc/modules"},  {"iommufd", FACT_KNOWN, BUILTIN},
	{"pci-stub", FACT_KNOWN, BUILTIN},         {"pci_stub", FACT_KNOWN, BUILTIN},
	{"vfio", FACT_ABSENT, "/proc/modules"},    {"vfio_pci_core", FACT_ABSENT, "/proc/modules"},
	{"pci", FACT_ABSENT, "/proc/modules"},     {"", FACT_ABSENT, "/proc/modules"},
};

static void module_is_loaded_or_built_in(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/modules", proc_modules);
	tree_file(tree, BUILTIN, modules_builtin);
	struct modules modules = load(tree, RELEASE);

	for (size_t i = 0; i < sizeof(modules_of_a_host) / sizeof(modules_of_a_host[0]); i++) {
		test_row("%s", modules_of_a_host[i].name);
		const struct module_case *row = &modules_of_a_host[i];
		struct fact fact = modules_present(&modules, row->name);
		if (fact.state != row->state)
			fail_msg("%s is %s", row->name, fact_state_name(fact.state));
		assert_string_equal(fact.source, row->source);
	}
}

struct doubt_case {
	const char *name;
	struct fact loaded;
	struct fact builtin;
	enum fact_state state; /* of a module that neither list has */
};

static const struct doubt_case doubts[] = {
	{"both lists", {.state = FACT_KNOWN}, {.state = FACT_KNOWN}, FACT_ABSENT},
	{"a kernel that loads none", {.state = FACT_ABSENT}, {.state = FACT_KNOWN}, FACT_ABSENT},
	{"no list of what is built in",
	 {.state = FACT_KNOWN},
	 {.state = FACT_ABSENT},
	 FACT_NOT_CAPTURED},
	{"built-in ones not captured",
	 {.state = FACT_KNOWN},
	 {.state = FACT_NOT_CAPTURED},
	 FACT_NOT_CAPTURED},
	{"built-in ones unreadable",
	 {.state = FACT_KNOWN},
	 {.state = FACT_UNREADABLE},
	 FACT_UNREADABLE},
	{"loaded ones unreadable",
	 {.state = FACT_UNREADABLE},
	 {.state = FACT_KNOWN},
	 FACT_UNREADABLE},
	{"loaded ones cut short", {.state = FACT_MALFORMED}, {.state = FACT_KNOWN}, FACT_MALFORMED},
	{"neither list", {.state = FACT_ABSENT}, {.state = FACT_ABSENT}, FACT_NOT_CAPTURED},
};

static void only_whole_lists_deny_a_module(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
		struct modules modules = {.loaded.fact = doubts[i].loaded,
					  .builtin.fact = doubts[i].builtin};
		struct fact fact = modules_present(&modules, "vfio_pci");
		if (fact.state != doubts[i].state)
			fail_msg("%s: %s", doubts[i].name, fact_state_name(fact.state));
	}
}

static void list_cut_short_is_malformed(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/modules", "vfio_pci 16384 0 - Live 0x0\nvfio_iommu");
	tree_file(tree, BUILTIN, modules_builtin);
	struct modules modules = load(tree, RELEASE);

	assert_int_equal(modules.loaded.fact.state, FACT_MALFORMED);
	assert_int_equal(modules.loaded.count, 0);
}

static void modules_that_use_another_are_told(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/modules",
		  "drm 659456 5 amdgpu,drm-kms-helper, Live 0x0\n"
		  "amdgpu 1 0 - Live 0x0\n"
		  "short 1\n");
	struct modules modules = load(tree, RELEASE);

	assert_int_equal(modules.use_count, 2);
	assert_string_equal(modules.uses[0].module, "drm");
	assert_string_equal(modules.uses[0].user, "amdgpu");
	assert_string_equal(modules.uses[1].user, "drm_kms_helper");
}

static void no_module_loaded_is_an_answer(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/modules", "");
	struct modules modules = load(tree, RELEASE);

	assert_true(fact_known(&modules.loaded.fact));
	assert_int_equal(modules.loaded.count, 0);
}

static void built_in_modules_need_the_release(void **state)
{
	static const char *const releases[] = {NULL, "../../etc", "a/b"};
	struct tree *tree = *state;

	tree_file(tree, "/lib/modules/modules.builtin", modules_builtin);
	tree_file(tree, "/etc/modules.builtin", modules_builtin);
	struct root *root = tree_open(tree);
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		test_row("%s", releases[i]);
		struct modules modules = {0};
		modules_load(root, tree->arena, releases[i], &modules);
		assert_int_equal(modules.builtin.fact.state, FACT_NOT_CAPTURED);
		assert_non_null(modules.builtin.fact.source);
	}
}

static void parameters_are_read_without_their_newline(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "Y\n");
	tree_directory(tree, "/sys/module/iommufd");
	struct modules modules = load(tree, RELEASE);

	assert_string_equal(modules.type1_unsafe_interrupts.text, "Y");
	assert_int_equal(modules.type1_unsafe_interrupts.length, 1);
	assert_true(fact_absent(&modules.iommufd_unsafe_interrupts.fact));
	assert_false(fact_known(&modules.vfio_noiommu.fact));
}

static void parameter_is_found_by_its_name(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/module/vfio_pci/parameters/disable_denylist", "N\n");
	struct modules modules = load(tree, RELEASE);

	assert_string_equal(modules_parameter(&modules, "vfio-pci", "disable_denylist")->text, "N");
	assert_false(fact_settled(&modules_parameter(&modules, "vfio_pci", "ids")->fact));
	assert_non_null(modules_parameter(&modules, "vfio_pci", "ids")->fact.source);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(module_is_loaded_or_built_in),
		TEST(only_whole_lists_deny_a_module),
		TEST(list_cut_short_is_malformed),
		TEST(modules_that_use_another_are_told),
		TEST(no_module_loaded_is_an_answer),
		TEST(built_in_modules_need_the_release),
		TEST(parameters_are_read_without_their_newline),
		TEST(parameter_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/tree.h"

#define ID(name) "boot-config." name
#define DEFAULTS "/etc/default/grub"

/* A host that boots by GRUB, with what it was booted with and what is configured. */
static struct findings *judge_grub(struct tree *tree, const char *running, const char *configured)
{
	struct host *host = arena_alloc(tree->arena, sizeof(*host));

	tree_file(tree, "/proc/cmdline", running);
	tree_file(tree, DEFAULTS, configured);
	tree_file(tree, "/usr/sbin/update-grub", "");
	struct root *root = tree_open(tree);
	assert_non_null(host);
	cmdline_load(root, tree->arena, &host->cmdline);
	boot_tools_load(root, &host->boot_tools);
	boot_config_load(root, tree->arena, &host->boot_config);
	return judge(tree->arena, "boot-config", host);
}

static void same_parameters_pass_whatever_else_differs(void **state)
{
	struct findings *findings = judge_grub(
		*state, "root=/dev/sda1 intel_iommu=on iommu=pt quiet\n",
		"GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=\"iommu=pt splash\"\n"
		"GRUB_CMDLINE_LINUX_DEFAULT='intel-iommu=on'\n#GRUB_CMDLINE_LINUX=\"pci=x\"\n");

	expect_finding(findings, ID("applied"), FINDING_PASS);
	assert_int_equal(findings->count, 1);
}

static void parameter_that_awaits_a_reboot_is_named(void **state)
{
	const struct finding *finding =
		expect_finding(judge_grub(*state, "quiet\n", "GRUB_CMDLINE_LINUX=intel_iommu=on\n"),
			       ID("pending"), FINDING_WARN);

	assert_true(has_evidence(finding, DEFAULTS));
	assert_true(has_evidence(finding, "without intel_iommu=on"));
	assert_string_equal(finding->commands->text, "update-grub");
}

static void parameter_that_is_not_configured_will_be_lost(void **state)
{
	const struct finding *finding = expect_finding(
		judge_grub(*state, "intel_iommu=on\n", "GRUB_CMDLINE_LINUX=\"quiet\"\n"),
		ID("will-be-lost"), FINDING_WARN);

	assert_string_equal(finding->summary, "intel_iommu=on is in effect, and not configured "
					      "to stay");
}

static void other_value_is_both_pending_and_lost(void **state)
{
	struct findings *findings =
		judge_grub(*state, "iommu=off\n", "GRUB_CMDLINE_LINUX=\"iommu=pt\"\n");

	expect_finding(findings, ID("pending"), FINDING_WARN);
	expect_finding(findings, ID("will-be-lost"), FINDING_WARN);
}

static void later_file_replaces_or_adds(void **state)
{
	tree_file(*state, "/etc/default/grub.d/a.cfg",
		  "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX iommu=pt\"\n");
	tree_file(*state, "/etc/default/grub.d/b.cfg", "GRUB_CMDLINE_LINUX+=\" pci=realloc\"\n");
	tree_file(*state, "/etc/default/grub.d/c.cfg", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
	struct findings *findings = judge_grub(*state, "intel_iommu=on iommu=pt pci=realloc\n",
					       "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\n"
					       "GRUB_CMDLINE_LINUX_DEFAULT=\"intremap=off\"\n");
	expect_finding(findings, ID("applied"), FINDING_PASS);
}

static void file_of_another_boot_loader_is_the_wrong_one(void **state)
{
	tree_file(*state, "/etc/kernel/cmdline", "root=x intel_iommu=on\n");
	const struct finding *finding =
		expect_finding(judge_grub(*state, "quiet\n", "GRUB_CMDLINE_LINUX=\"quiet\"\n"),
			       ID("wrong-file"), FINDING_WARN);
	assert_true(has_evidence(finding, "/etc/kernel/cmdline"));
}

static void host_of_an_unknown_boot_loader_is_not_judged(void **state)
{
	struct tree *tree = *state;
	struct host *host = arena_alloc(tree->arena, sizeof(*host));

	assert_non_null(host);
	expect_finding(judge(tree->arena, "boot-config", host), ID("not-judged"),
		       FINDING_NOT_APPLICABLE);
}

static void running_command_line_that_was_not_read_leaves_it_unknown(void **state)
{
	struct tree *tree = *state;
	struct host *host = arena_alloc(tree->arena, sizeof(*host));

	assert_non_null(host);
	host->cmdline.fact = unreadable("/proc/cmdline", EACCES);
	host->boot_tools.nodes[BOOT_TOOL_KERNEL_CMDLINE].fact = known("/etc/kernel/cmdline");
	host->boot_config.kernel.fact = known("/etc/kernel/cmdline");
	expect_finding(judge(tree->arena, "boot-config", host), ID("unreadable"), FINDING_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(same_parameters_pass_whatever_else_differs),
		TEST(parameter_that_awaits_a_reboot_is_named),
		TEST(parameter_that_is_not_configured_will_be_lost),
		TEST(other_value_is_both_pending_and_lost),
		TEST(later_file_replaces_or_adds),
		TEST(file_of_another_boot_loader_is_the_wrong_one),
		TEST(host_of_an_unknown_boot_loader_is_not_judged),
		TEST(running_command_line_that_was_not_read_leaves_it_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

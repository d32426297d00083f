/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/tree.h"

#define ID(name) "libvirt." name
#define ALIASES                                                                                    \
	"alias pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_core\n"                                   \
	"alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci\n"                          \
	"alias vfio_pci:v00001AF4d*sv*sd*bc*sc*i* virtio_vfio_pci\n"                               \
	"alias vfio_pci:broken\n"

static struct findings *judge_tree(struct tree *tree)
{
	struct host *host = unread_host(tree->arena);
	struct root *root = tree_open(tree);

	hypervisor_load(root, tree->arena, "x86_64", &host->hypervisor);
	modules_load(root, tree->arena, "6.1.0", &host->modules);
	boot_tools_load(root, tree->arena, &host->boot_tools);
	return judge(tree->arena, "libvirt", host);
}

/* The folders that a capture of a whole host has. */
static void add_folders(struct tree *tree)
{
	static const char *const folders[] = {"/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/lib",
					      "/run"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		tree_directory(tree, folders[i]);
}

static void host_without_libvirt_is_not_concerned(void **state)
{
	add_folders(*state);
	expect_finding(judge_tree(*state), ID("none"), FINDING_NOT_APPLICABLE);
}

static void libvirt_with_qemu_that_listens_passes(void **state)
{
	add_folders(*state);
	tree_file(*state, "/usr/sbin/libvirtd", "");
	tree_file(*state, "/usr/bin/qemu-system-x86_64", "");
	tree_file(*state, "/run/libvirt/libvirt-sock", "");
	struct findings *findings = judge_tree(*state);
	expect_finding(findings, ID("present"), FINDING_PASS);
	assert_int_equal(findings->count, 1);
}

static void what_libvirt_lacks_is_named(void **state)
{
	add_folders(*state);
	tree_file(*state, "/usr/sbin/virtqemud", "");
	struct findings *findings = judge_tree(*state);
	expect_finding(findings, ID("no-qemu"), FINDING_WARN);
	const struct finding *silent = expect_finding(findings, ID("not-running"), FINDING_WARN);
	assert_string_equal(silent->evidence->source, "/run/libvirt/virtqemud-sock");
	assert_string_equal(silent->evidence->next->source, "/run/libvirt/libvirt-sock");
	assert_null(finding_of(findings, ID("present")));
}

static const struct start_case {
	const char *file; /* that tells what starts services */
	const char *command;
} start_cases[] = {
	{"/run/systemd/system", "systemctl enable --now libvirtd.socket"},
	{"/run/openrc/softlevel", "rc-update add libvirtd"},
	{"/run/runit/stopit", NULL},
};

static void libvirt_is_started_as_the_host_starts_services(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(start_cases); i++) {
		const struct start_case *row = &start_cases[i];
		void *own;

		test_row("%s", row->file);
		tree_setup(&own);
		add_folders(own);
		tree_file(own, "/usr/sbin/libvirtd", "");
		tree_file(own, row->file, "");
		const struct finding *finding =
			expect_finding(judge_tree(own), ID("not-running"), FINDING_WARN);
		if (row->command)
			assert_string_equal(finding->commands->text, row->command);
		else
			assert_null(finding->commands);
		tree_teardown(&own);
	}
}

static void libvirt_before_10_chooses_no_variant_driver(void **state)
{
	add_folders(*state);
	tree_file(*state, "/usr/sbin/libvirtd", "");
	tree_file(*state, "/usr/bin/qemu-system-x86_64", "");
	tree_file(*state, "/run/libvirt/libvirt-sock", "");
	tree_link(*state, "/usr/lib64/libvirt.so.0", "libvirt.so.0.9000.0");
	tree_file(*state, "/lib/modules/6.1.0/modules.alias", ALIASES);
	const struct finding *finding = expect_finding(judge_tree(*state), ID("old"), FINDING_WARN);
	assert_string_equal(finding->summary,
			    "libvirt 9.0 does not choose variant drivers of VFIO");
}

static void only_whole_aliases_of_vfio_are_variants(void **state)
{
	struct tree *tree = *state;
	struct modules modules = {0};

	tree_file(tree, "/lib/modules/6.1.0/modules.alias", ALIASES);
	modules_load(tree_open(tree), tree->arena, "6.1.0", &modules);
	assert_int_equal(modules.variant_count, 1);
	assert_int_equal(modules.variants[0].vendor, 0x15b3);
	assert_int_equal(modules.variants[0].device, 0x101e);
	assert_string_equal(modules.variants[0].module, "mlx5_vfio_pci");
}

static void what_was_not_captured_is_unknown(void **state)
{
	expect_finding(judge_tree(*state), ID("unreadable"), FINDING_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(host_without_libvirt_is_not_concerned),
		TEST(libvirt_with_qemu_that_listens_passes),
		TEST(what_libvirt_lacks_is_named),
		TEST(libvirt_is_started_as_the_host_starts_services),
		TEST(libvirt_before_10_chooses_no_variant_driver),
		TEST(only_whole_aliases_of_vfio_are_variants),
		TEST(what_was_not_captured_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

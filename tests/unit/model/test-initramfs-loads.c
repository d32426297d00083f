/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an initramfs loads by the lists of the tool that makes it. */
#include "model/modules/initramfs_loads.h"

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

#define YES BOOLEAN_YES
#define NO  BOOLEAN_NO

struct dracut_case {
	const char *force, *add, *omit;
	const char *command_line;
	enum boolean loads;
};

static const struct dracut_case dracut_cases[] = {
	{"", "", "", "", NO},
	{" vfio_pci ", "", "", "", YES},
	{" vfio-pci ", "", "", "", YES},
	{"vfio_pci", "", "", "", YES},
	{" vfio vfio_pci\tnvme ", "", "", "", YES},
	{" vfio_pci_core ", "", "", "", NO},
	{" nvmevfio_pci ", "", "", "", NO},
	{" vfio.pci ", "", "", "", NO},
	/* It puts in what it does not load first. */
	{"", " vfio_pci ", "", "", NO},
	{"", " vfio_pci ", "", "rd.driver.pre=vfio-pci", YES},
	{"", " vfio_pci ", "", "rd.driver.pre=nvme,vfio_pci", YES},
	{"", " vfio_pci ", "", "rd.driver.pre=nvme rd.driver.pre", NO},
	{"", " vfio_pci ", "", "rd.driver.blacklist=vfio-pci", NO},
	{"", "", "", "rd.driver.pre=vfio-pci", NO},
	/* What is left out goes in where the other list has it in the same letters. */
	{"", "", " vfio_pci ", "", NO},
	{" vfio_pci ", "", " vfio_pci ", "", YES},
	{" vfio_pci ", "", " vfio-pci ", "", YES},
	{" a-b vfio-pci ", "", " vfio_pci ", "", NO},
	{" a-b vfio-pci ", "", " nvme ", "", YES},
	{" a-b vfio-pci vfio_pci ", "", " vfio_pci ", "", YES},
};

static void dracut_loads_first_what_it_is_forced_to(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(dracut_cases); i++) {
		const struct dracut_case *row = &dracut_cases[i];
		struct initramfs_lists *lists = &paper->host.initramfs_lists;

		test_row("%s/%s/%s/%s", row->force, row->add, row->omit, row->command_line);
		paper_reset(paper);
		paper_command_line(paper, row->command_line);
		paper->host.boot_tools.nodes[BOOT_TOOL_DRACUT].fact = known("/usr/bin/dracut");
		lists->dracut = known("/etc/dracut.conf");
		lists->lists[INITRAMFS_LIST_FORCE] = row->force;
		lists->lists[INITRAMFS_LIST_ADD] = row->add;
		lists->lists[INITRAMFS_LIST_OMIT] = row->omit;
		assert_int_equal(initramfs_loads(&paper->host, "vfio_pci"), row->loads);
	}
}

#define LIST "/etc/initramfs-tools/modules"

struct tool_case {
	enum boot_tool tool;
	enum boolean by_modules, by_list, by_force; /* MODULES, LIST, force_drivers */
};

static const struct tool_case tool_cases[] = {
	{BOOT_TOOL_MKINITCPIO, YES, NO, NO},
	{BOOT_TOOL_UPDATE_INITRAMFS, NO, YES, NO},
	{BOOT_TOOL_DRACUT, NO, NO, YES},
	{BOOT_TOOL_DRACUT_SBIN, NO, NO, YES},
	{BOOT_TOOL_NIXOS, NO, NO, NO},
	{BOOT_TOOL_OSTREE, NO, NO, NO},
	{BOOT_TOOL_MKINITFS, NO, NO, NO},
	{BOOT_TOOL_BOOSTER, NO, NO, NO},
	/* No tool is known. */
	{BOOT_TOOL_OPENRC, YES, YES, YES},
};

static struct host *host_with(struct paper *paper, enum boot_tool tool)
{
	struct host *host = &paper->host;

	paper_reset(paper);
	host->boot_tools.nodes[tool].fact = known("a tool");
	host->module_lists.fact = known("/etc/modules");
	host->initramfs_lists.dracut = known("/etc/dracut.conf");
	host->initramfs_lists.mkinitcpio = known("/etc/mkinitcpio.conf");
	return host;
}

static void set_list(struct host *host, struct module_list_line *line)
{
	host->module_lists.lines = line;
	host->module_lists.count = 1;
}

static void lists_of_other_tools_do_not_count(void **state)
{
	struct module_list_line line = {.source = LIST, .text = "vfio-pci ids=8086:1533"};
	struct paper *paper = *state;
	struct host *host;

	for (size_t i = 0; i < ARRAY_LENGTH(tool_cases); i++) {
		const struct tool_case *row = &tool_cases[i];

		test_row("tool %d", row->tool);
		host = host_with(paper, row->tool);
		assert_int_equal(initramfs_loads(host, "vfio_pci"), NO);
		host->initramfs_lists.lists[INITRAMFS_LIST_MODULES] = " vfio_pci?";
		assert_int_equal(initramfs_loads(host, "vfio_pci"), row->by_modules);
		host = host_with(paper, row->tool);
		set_list(host, &line);
		assert_int_equal(initramfs_loads(host, "vfio_pci"), row->by_list);
		host = host_with(paper, row->tool);
		host->initramfs_lists.lists[INITRAMFS_LIST_FORCE] = " vfio_pci ";
		assert_int_equal(initramfs_loads(host, "vfio_pci"), row->by_force);
	}
}

static void initramfs_tools_takes_the_first_word_of_a_line_of_its_list(void **state)
{
	static const struct {
		struct module_list_line line;
		enum boolean loads;
	} rows[] = {
		{{.source = LIST, .text = "vfio-pci"}, YES},
		{{.source = LIST, .text = "vfio vfio-pci"}, NO},
		{{.source = LIST, .text = "vfio_pci_core"}, NO},
		{{.source = "/etc/modules", .text = "vfio-pci"}, NO},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct module_list_line line = rows[i].line;
		struct host *host = host_with(paper, BOOT_TOOL_UPDATE_INITRAMFS);

		test_row("%s: %s", line.source, line.text);
		set_list(host, &line);
		assert_int_equal(initramfs_loads(host, "vfio_pci"), rows[i].loads);
	}
}

static void a_list_that_was_not_read_leaves_it_open(void **state)
{
	struct paper *paper = *state;
	struct host *host = host_with(paper, BOOT_TOOL_DRACUT);

	host->initramfs_lists.mkinitcpio.state = FACT_UNREADABLE;
	assert_int_equal(initramfs_loads(host, "vfio_pci"), BOOLEAN_NO);
	host->initramfs_lists.dracut.state = FACT_UNREADABLE;
	assert_int_equal(initramfs_loads(host, "vfio_pci"), BOOLEAN_UNKNOWN);
	host->initramfs_lists.lists[INITRAMFS_LIST_FORCE] = " vfio_pci ";
	assert_int_equal(initramfs_loads(host, "vfio_pci"), BOOLEAN_YES);
}

struct hooks_case {
	const char *hooks, *files;
	bool lacks;
};

static const struct hooks_case hooks_cases[] = {
	{" base udev autodetect modconf kms", "", false},
	{" base modconf", "", false},
	{" base modconf2 xmodconf kms", "", true},
	{" base udev kms", "", true},
	{" base udev kms", " /etc/modprobe.d/vfio.conf", false},
	{" $MINE", "", false},
};

static void mkinitcpio_takes_files_of_modprobe_along_by_a_hook(void **state)
{
	struct paper *paper = *state;
	struct host *host = &paper->host;

	host->boot_tools.nodes[BOOT_TOOL_MKINITCPIO].fact = known("/usr/bin/mkinitcpio");
	host->initramfs_lists.mkinitcpio = known("/etc/mkinitcpio.conf");
	assert_null(initramfs_needs_for_modprobe(host, paper->arena));
	host->initramfs_lists.hooks_file = "/etc/mkinitcpio.conf";
	for (size_t i = 0; i < ARRAY_LENGTH(hooks_cases); i++) {
		test_row("%s", hooks_cases[i].hooks);
		host->initramfs_lists.lists[INITRAMFS_LIST_HOOKS] = hooks_cases[i].hooks;
		host->initramfs_lists.lists[INITRAMFS_LIST_FILES] = hooks_cases[i].files;
		assert_true(!initramfs_needs_for_modprobe(host, paper->arena) ==
			    !hooks_cases[i].lacks);
	}
	host->boot_tools.nodes[BOOT_TOOL_MKINITCPIO].fact = absent("/usr/bin/mkinitcpio");
	assert_null(initramfs_needs_for_modprobe(host, paper->arena));
}

static void dracut_leaves_files_of_modprobe_out_unless_it_is_for_this_host(void **state)
{
	struct paper *paper = *state;
	struct host *host = &paper->host;
	struct initramfs_lists *lists = &host->initramfs_lists;
	static const struct {
		const char *hostonly, *items, *optional;
		bool lacks;
	} rows[] = {
		{"no", "", "", true},
		{"no", " /etc/hosts ", "", true},
		{"no", " /etc/modprobe.d/vfio.conf ", "", false},
		{"no", "", " /etc/modprobe.d/vfio.conf ", false},
		{"yes", "", "", false},
		{"", "", "", false}, /* what that comes to changed between versions */
	};

	host->boot_tools.nodes[BOOT_TOOL_DRACUT].fact = known("/usr/bin/dracut");
	assert_null(initramfs_needs_for_modprobe(host, paper->arena));
	lists->hostonly_file = "/usr/lib/dracut/dracut.conf.d/11-generic.conf";
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s %s %s", rows[i].hostonly, rows[i].items, rows[i].optional);
		lists->lists[INITRAMFS_LIST_HOSTONLY] = rows[i].hostonly;
		lists->lists[INITRAMFS_LIST_ITEMS] = rows[i].items;
		lists->lists[INITRAMFS_LIST_OPTIONAL] = rows[i].optional;
		assert_true(!initramfs_needs_for_modprobe(host, paper->arena) == !rows[i].lacks);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(dracut_loads_first_what_it_is_forced_to,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(lists_of_other_tools_do_not_count, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(
			initramfs_tools_takes_the_first_word_of_a_line_of_its_list, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(mkinitcpio_takes_files_of_modprobe_along_by_a_hook,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(
			dracut_leaves_files_of_modprobe_out_unless_it_is_for_this_host, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(a_list_that_was_not_read_leaves_it_open,
						paper_setup, paper_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts that give functions to vfio-pci before other drivers are loaded. */
#include "host/modules/module_lists.h"

#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/capture/redact.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

#define OF_MODPROBE "/usr/local/bin/vfio-pci-override.sh"
#define INIT_TOP    "/etc/initramfs-tools/scripts/init-top/vfio"
#define SHORT       "0c:00.0"
#define FUNCTION    "0000:" SHORT
#define LOOP                                                                                       \
	"for dev in $DEVS; do\n\techo vfio-pci > /sys/bus/pci/devices/$dev/driver_override\ndone\n"

#define INSTALL "install vfio-pci " OF_MODPROBE "\n"

struct script_case {
	const char *path, *text;
	const char *modprobe; /* a file of modprobe.d */
	bool gives;           /* FUNCTION to vfio-pci */
};

static const struct script_case script_cases[] = {
	{OF_MODPROBE, "#!/bin/sh\nDEVS=\"0000:0C:00.0 0000:0c:00.1\"\n" LOOP, INSTALL, true},
	{OF_MODPROBE, "DEVS=" FUNCTION "\n" LOOP, "install vfio_pci sh -c '" OF_MODPROBE ";true'\n",
	 true},
	{OF_MODPROBE, "DEVS=" FUNCTION "\n" LOOP, "install vfio-pci redacted\n", true},
	/* Nothing runs it. */
	{OF_MODPROBE, "DEVS=" FUNCTION "\n" LOOP, "", false},
	{OF_MODPROBE, "DEVS=" FUNCTION "\n" LOOP, "install vfio-pci /usr/local/bin/other.sh\n",
	 false},
	{OF_MODPROBE, "DEVS=" FUNCTION "\n" LOOP, "install nvme " OF_MODPROBE " # vfio\n", false},
	{OF_MODPROBE, "DEVS=" FUNCTION "\n" LOOP, "# " INSTALL, false},
	{INIT_TOP, "echo vfio-pci > /sys/bus/pci/devices/" FUNCTION "/driver_override\n", "", true},
	{INIT_TOP,
	 "DRIVER=vfio-pci\necho $DRIVER > /sys/bus/pci/devices/" FUNCTION "/driver_override\n", "",
	 true},
	{INIT_TOP, "DEVS=\"0d:00.0 " SHORT "\"\n" LOOP, "", true},
	/* Other domains: VMD's have five digits. */
	{INIT_TOP, "DEVS=1" FUNCTION "\n" LOOP, "", false},
	{INIT_TOP, "DEVS=0001:" SHORT "\n" LOOP, "", false},
	{INIT_TOP, "DEVS=" FUNCTION "5\n" LOOP, "", false},
	{INIT_TOP, "DEVS=" FUNCTION ":1\n" LOOP, "", false},
	{INIT_TOP, "# DEVS=" FUNCTION "\n" LOOP, "", false},
	{INIT_TOP, "DEVS=0000:0d:00.0\n" LOOP, "", false},
	{INIT_TOP, "echo i40e > /sys/bus/pci/devices/" FUNCTION "/driver_override\n", "", false},
	/* It gives others to vfio-pci. */
	{INIT_TOP,
	 "DEVS=0000:0d:00.0\n" LOOP "echo \"nvme\" > /sys/bus/pci/devices/" FUNCTION
	 "/driver_override\n",
	 "", false},
	{INIT_TOP,
	 "for dev in $ALL; do\n[ \"$dev\" = " FUNCTION " ] && continue\n"
	 "echo vfio-pci > /sys/bus/pci/devices/$dev/driver_override\ndone\n",
	 "", false},
	{"/etc/initramfs-tools/scripts/local-bottom/vfio", "DEVS=" FUNCTION "\n" LOOP, "", false},
	{"/usr/local/bin/other.sh", "DEVS=" FUNCTION "\n" LOOP, "", false},
};

static void scripts_that_set_driver_override_are_known(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(script_cases); i++) {
		const struct script_case *row = &script_cases[i];
		struct module_lists lists;
		struct modprobe modprobe;
		struct tree *tree;

		test_row("%s: %s", row->path, row->text);
		tree_setup(state);
		tree = *state;
		tree_file(tree, row->path, row->text);
		tree_file(tree, "/etc/modprobe.d/vfio.conf", row->modprobe);
		modprobe_load(tree_open(tree), tree->arena, &modprobe);
		module_lists_load(tree->root, tree->arena, &modprobe, &lists);
		const struct module_list_line *found =
			module_lists_override(&lists, FUNCTION, "8086:1533");
		assert_int_equal(found != NULL, row->gives);
		if (found)
			assert_string_equal(found->source, row->path);
		tree_teardown(state);
	}
}

struct loaded_case {
	const char *path, *text;
	bool named;
};

/* apply_file() of systemd's modules-load.c: a line is a name as a whole. */
static const struct loaded_case loaded_cases[] = {
	{"/etc/modules", "vfio-pci\n", true},
	{"/etc/modules", "loop\n  vfio_pci \n", true},
	{"/etc/modules-load.d/vfio.conf", "vfio-pci\n", true},
	{"/etc/modules-load.d/vfio.conf", "vfio vfio-pci\n", false},
	{"/etc/modules", "vfio-pci ids=8086:1533\n", false},
	{"/etc/modules", "vfio-pci # for a guest\n", false},
	{"/etc/initramfs-tools/modules", "vfio-pci\n", false},
};

static void a_line_loads_what_it_names_alone(void **state)
{
	const struct modprobe modprobe = {0};

	for (size_t i = 0; i < ARRAY_LENGTH(loaded_cases); i++) {
		const struct loaded_case *row = &loaded_cases[i];
		struct module_lists lists;
		struct tree *tree;

		test_row("%s: %s", row->path, row->text);
		tree_setup(state);
		tree = *state;
		tree_file(tree, row->path, row->text);
		module_lists_load(tree_open(tree), tree->arena, &modprobe, &lists);
		assert_int_equal(module_lists_name(&lists, "vfio_pci"), row->named);
		tree_teardown(state);
	}
}

struct rule_case {
	const char *text;
	bool named; /* FUNCTION, or its ids 8086:1533 */
	bool joined;
};

#define SETS "ATTR{driver_override}=\"vfio-pci\""

static const struct rule_case rule_cases[] = {
	{"KERNEL==\"" FUNCTION "\", " SETS "\n", true, false},
	{"  KERNEL == \"" FUNCTION "\",  " SETS "  \n", true, false},
	{"KERNEL==\"0000:0d:00.0|" FUNCTION "\", " SETS "\n", true, false},
	{"KERNELS==\"" FUNCTION "\", " SETS "\n", true, false},
	{"KERNEL!=\"" FUNCTION "\", " SETS "\n", false, false},
	{"KERNEL==\"0000:0d:00.0\", ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x1533\", " SETS "\n",
	 false, false},
	{"ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x1533\", " SETS "\n", true, false},
	{"ATTRS{vendor}==\"0x8086\", ATTRS{device}==\"0x10fb|0x1533\", " SETS "\n", true, false},
	{"ATTR{vendor}==\"0x8086\", ATTR{device}!=\"0x1533\", " SETS "\n", false, false},
	{"ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x1533|\", " SETS "\n", true, false},
	{"ATTR{vendor}==\"0x8086\", ATTR{device}==\"|\", " SETS "\n", false, false},
	/* A rule on several lines. */
	{"KERNEL==\"" FUNCTION "\", \\\n  " SETS "\n", true, true},
	{"KERNEL==\"" FUNCTION "\", \\\n# a comment\n  " SETS "\n", true, true},
	{SETS ", \\\nKERNEL==\"" FUNCTION "\"\n", true, true},
	{"KERNEL==\"" FUNCTION "\"\n" SETS "\n", false, false},
	{"KERNEL==\"" FUNCTION "\", " SETS " \\\n", false, false},
	{"# KERNEL==\"" FUNCTION "\", " SETS "\n", false, false},
	{"KERNEL==\"" FUNCTION "\", ATTR{power/control}=\"on\"\n", false, false},
};

static void a_rule_names_functions_by_its_keys(void **state)
{
	const struct modprobe modprobe = {0};

	for (size_t i = 0; i < ARRAY_LENGTH(rule_cases); i++) {
		const struct rule_case *row = &rule_cases[i];
		struct module_lists lists;
		struct tree *tree;

		test_row("%s", row->text);
		tree_setup(state);
		tree = *state;
		tree_file(tree, "/etc/udev/rules.d/10-vfio.rules", row->text);
		module_lists_load(tree_open(tree), tree->arena, &modprobe, &lists);
		const struct module_list_line *rule =
			module_lists_next_rule(&lists, NULL, FUNCTION, "8086:1533");
		assert_int_equal(rule != NULL, row->named);
		if (rule)
			assert_int_equal(rule->joined, row->joined);
		tree_teardown(state);
	}
}

struct saved_case {
	const char *path, *text;
	const char *program;
	const char *driver; /* who gets FUNCTION; NULL: nothing says */
};

#define DRIVERCTL "/etc/driverctl.d/pci-" FUNCTION

/* save_override() of driverctl 0.111: a file that is named for the bus and the function. */
static const struct saved_case saved_cases[] = {
	{DRIVERCTL, "vfio-pci\n", "/usr/sbin/driverctl", "vfio-pci"},
	{DRIVERCTL, "vfio-pci\n", "/usr/sbin/another", NULL},
	{DRIVERCTL, "igb\n", "/usr/sbin/driverctl", "igb"},
	{DRIVERCTL, "none\n", "/usr/sbin/driverctl", "none"},
	{DRIVERCTL, "", "/usr/sbin/driverctl", NULL},
	{DRIVERCTL, "igb; reboot\n", "/usr/sbin/driverctl", NULL},
	/* Its udev rule looks for the name with the bus alone. */
	{"/etc/driverctl.d/" FUNCTION, "vfio-pci\n", "/usr/sbin/driverctl", NULL},
	{"/etc/driverctl.d/pci-1" FUNCTION, "vfio-pci\n", "/usr/sbin/driverctl", NULL},
	{"/etc/driverctl.d/vmbus-" FUNCTION, "vfio-pci\n", "/usr/sbin/driverctl", NULL},
};

static void expect_given(void **state, const struct saved_case *row)
{
	const struct modprobe modprobe = {0};
	struct module_lists lists;
	struct tree *tree;

	tree_setup(state);
	tree = *state;
	tree_file(tree, row->path, row->text);
	tree_file(tree, row->program, "");
	module_lists_load(tree_open(tree), tree->arena, &modprobe, &lists);
	const struct module_list_line *found = module_lists_override(&lists, FUNCTION, "8086:1533");
	assert_int_equal(found != NULL, row->driver != NULL);
	if (found)
		assert_string_equal(found->driver, row->driver);
	tree_teardown(state);
}

static void what_driverctl_saved_gives_one_function(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(saved_cases); i++) {
		const struct saved_case *row = &saved_cases[i];

		test_row("%s: %s, %s", row->path, row->text, row->program);
		expect_given(state, row);
	}
}

static void what_is_no_name_of_a_driver_leaves_open_what_driverctl_does(void **state)
{
	static const struct {
		const char *path, *text;
		bool settled;
	} rows[] = {
		{DRIVERCTL, "igb\n\n", true},
		{DRIVERCTL, "", true},
		{DRIVERCTL, "igb\nvfio-pci\n", false},
		{DRIVERCTL, "igb; reboot\n", false},
		{DRIVERCTL "/a_folder", "igb\n", false},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct modprobe modprobe = {0};
		struct module_lists lists;
		struct tree *tree;

		test_row("%s: %s", rows[i].path, rows[i].text);
		tree_setup(state);
		tree = *state;
		tree_file(tree, rows[i].path, rows[i].text);
		tree_file(tree, "/usr/sbin/driverctl", "");
		module_lists_load(tree_open(tree), tree->arena, &modprobe, &lists);
		assert_int_equal(fact_settled(&lists.saved_fact), rows[i].settled);
		tree_teardown(state);
	}
}

#define UNRAID "/boot/config/vfio-pci.cfg"

/* A script of Unraid's has the function, or not, whatever else the file names. */
static const struct saved_case unraid_cases[] = {
	{UNRAID, "BIND=" FUNCTION "\n", "/etc/unraid-version", "vfio-pci"},
	{UNRAID, "BIND=03:00.0 " FUNCTION "|8086:1533 05:00.0\r\n", "/etc/unraid-version",
	 "vfio-pci"},
	{UNRAID, "BIND=" SHORT "|8086:1533\n", "/etc/unraid-version", "vfio-pci"},
	{UNRAID, "BIND=" FUNCTION "|10de:1c03\n", "/etc/unraid-version", NULL},
	{UNRAID, "BIND=10de:1c03 " FUNCTION "5 " FUNCTION, "/etc/unraid-version", "vfio-pci"},
	{UNRAID, "BIND=10de:1c03 " FUNCTION "5\n", "/etc/unraid-version", NULL},
	/* Its web interface does not write ids alone, but what binds takes them: SysDevs.php of
	 * github.com/unraid/webgui. */
	{UNRAID, "BIND=8086:1533\n", "/etc/unraid-version", "vfio-pci"},
	{UNRAID, "BIND=8086:15330\n", "/etc/unraid-version", NULL},
	{UNRAID, "# BIND=" FUNCTION "\n", "/etc/unraid-version", NULL},
	{UNRAID, "BIND=\n", "/etc/unraid-version", NULL},
	{UNRAID, "BIND=" FUNCTION "\n", "/etc/another", NULL},
	{"/boot/config/go", "#!/bin/bash\nDEVS=" FUNCTION "\n" LOOP, "/etc/unraid-version",
	 "vfio-pci"},
	{"/boot/config/go", "#!/bin/bash\nDEVS=" FUNCTION "\n" LOOP, "/etc/another", NULL},
};

static void what_unraid_is_told_gives_one_function(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(unraid_cases); i++) {
		const struct saved_case *row = &unraid_cases[i];

		test_row("%s: %s, %s", row->path, row->text, row->program);
		expect_given(state, row);
	}
}

/* A file that says it twice is one of them. */
static void each_file_that_gives_a_function_is_found(void **state)
{
	struct tree *tree = *state;
	const struct modprobe modprobe = {0};
	struct module_lists lists;

	tree_file(tree, "/etc/unraid-version", "");
	tree_file(tree, MODULE_LISTS_GO, "DEVS=" FUNCTION "\nMORE=" FUNCTION "\n" LOOP);
	tree_file(tree, UNRAID, "BIND=8086:1533 0000:0d:00.0 8086:1533 " FUNCTION "|10de:1c03\n");
	module_lists_load(tree_open(tree), tree->arena, &modprobe, &lists);
	const struct module_list_line *found = module_lists_override(&lists, FUNCTION, "8086:1533");
	assert_string_equal(found->source, MODULE_LISTS_GO);
	found = module_lists_next_override(&lists, found, FUNCTION, "8086:1533");
	assert_string_equal(found->source, UNRAID);
	assert_null(module_lists_next_override(&lists, found, FUNCTION, "8086:1533"));
}

static void a_capture_keeps_what_unraid_binds(void **state)
{
	const struct capture_options options = {0};
	struct tree *tree = *state;
	const struct fact_text whole = known_text(UNRAID, "BIND=" FUNCTION "\nPASSWORD=secret\n");

	assert_string_equal(redact(tree->arena, &whole, &options).text, "BIND=" FUNCTION "\n");
}

/* What VFs a script makes, and what else it gives, stands in its capture once. */
static void a_capture_keeps_what_is_consulted_of_a_script(void **state)
{
	static const char sriov[] = "echo 2 > /sys/bus/pci/devices/" FUNCTION "/sriov_numvfs\n";
	const struct capture_options options = {0};
	struct tree *tree = *state;
	const char *text =
		arena_printf(tree->arena, "PASSWORD=secret\nDEVS=" FUNCTION "\n" LOOP "%s", sriov);
	const struct fact_text whole = known_text(INIT_TOP, text);
	const struct fact_text kept = redact(tree->arena, &whole, &options);

	assert_null(strstr(kept.text, "secret"));
	assert_non_null(strstr(kept.text, "DEVS=" FUNCTION "\n"));
	assert_non_null(strstr(kept.text, "driver_override"));
	assert_ptr_equal(strstr(kept.text, sriov), strstr(kept.text, "echo 2"));
	assert_null(strstr(strstr(kept.text, sriov) + 1, "sriov_numvfs\necho"));
}

static void a_capture_keeps_rules_that_set_driver_override(void **state)
{
	static const struct {
		const char *text, *kept;
	} rows[] = {
		{"KERNEL==\"" FUNCTION "\", ATTR{vendor}!=\"0x8086\", " SETS "\n",
		 "KERNEL==\"" FUNCTION "\", ATTR{vendor}!=\"0x8086\", " SETS "\n"},
		{"SECRET=1\nKERNEL==\"" FUNCTION "\", \\\n# SECRET\n  " SETS "\n",
		 "KERNEL==\"" FUNCTION "\", " SETS "\n"},
		{"KERNEL==\"" FUNCTION "\", ENV{SECRET}==\"SECRET\", " SETS
		 ", RUN+=\"/sbin/modprobe vfio-pci SECRET\"\n",
		 "KERNEL==\"" FUNCTION "\", ENV{redacted}==\"redacted\", " SETS
		 ", RUN+=\"redacted modprobe\"\n"},
		{"KERNEL==\"" FUNCTION "\", RUN+=\"SECRET driver_override\"\n",
		 "KERNEL==\"" FUNCTION "\", RUN+=\"redacted driver_override\"\n"},
		{"SUBSYSTEM==\"net\", NAME=\"SECRET\"\n# driver_override SECRET\n", ""},
		/* udev ignores it. */
		{"KERNEL==\"" FUNCTION "\", SECRET, " SETS "\n", ""},
	};
	const struct capture_options options = {0};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct fact_text whole =
			known_text(MODULE_LISTS_RULES "/10-mine.rules", rows[i].text);
		struct fact_text kept = redact(tree->arena, &whole, &options);

		test_row("%s", rows[i].text);
		assert_string_equal(kept.text, rows[i].kept);
		assert_string_equal(redact(tree->arena, &kept, &options).text, rows[i].kept);
	}
}

/* What makes VFs stands in it once. */
static void a_rule_that_makes_vfs_too_is_kept_once(void **state)
{
	const struct capture_options options = {0};
	struct tree *tree = *state;
	const struct fact_text whole =
		known_text(MODULE_LISTS_RULES "/10-mine.rules",
			   "KERNEL==\"" FUNCTION "\", " SETS ", ATTR{sriov_numvfs}=\"4\"\n");
	const char *kept = redact(tree->arena, &whole, &options).text;
	const char *first = strstr(kept, "sriov_numvfs");

	assert_non_null(first);
	assert_null(strstr(first + 1, "sriov_numvfs"));
	assert_non_null(strstr(kept, SETS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_that_set_driver_override_are_known),
		cmocka_unit_test(a_line_loads_what_it_names_alone),
		cmocka_unit_test(a_rule_names_functions_by_its_keys),
		cmocka_unit_test(what_driverctl_saved_gives_one_function),
		cmocka_unit_test(what_is_no_name_of_a_driver_leaves_open_what_driverctl_does),
		cmocka_unit_test(what_unraid_is_told_gives_one_function),
		cmocka_unit_test_setup_teardown(each_file_that_gives_a_function_is_found,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(a_capture_keeps_what_unraid_binds, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(a_capture_keeps_rules_that_set_driver_override,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(a_rule_that_makes_vfs_too_is_kept_once, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(a_capture_keeps_what_is_consulted_of_a_script,
						tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

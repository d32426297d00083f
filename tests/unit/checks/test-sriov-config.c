/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/boot/sriov_config.h"
#include "host/capture/redact.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define ROOT_BUS "/sys/devices/pci0000:00"
#define PF       "0000:00:02.0"
#define VF       "0000:00:02.1"
#define RULE     "ACTION==\"bind\", DRIVER==\"igb\", ATTR{sriov_numvfs}=\"4\""

/* Makes a PF on igb with a VF on igbvf, each in a group of its own. */
static void add_functions(struct tree *tree)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, 0x020000);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	config_add_sriov(&config, 8);
	const char *pf = tree_function(tree, ROOT_BUS, PF, &config);
	tree_attribute(tree, pf, "sriov_totalvfs", "7\n");
	tree_attribute(tree, pf, "sriov_numvfs", "1\n");
	tree_attribute(tree, pf, "sriov_drivers_autoprobe", "1\n");
	tree_driver(tree, pf, "igb");
	tree_group(tree, pf, 1);
	tree_directory(tree, arena_printf(tree->arena, "%s/net/eth0", pf));
	config_begin(&config, 0xffff, 0xffff, 0x020000);
	const char *vf = tree_function(tree, ROOT_BUS, VF, &config);
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", vf), pf);
	tree_driver(tree, vf, "igbvf");
	/* A tree with /etc and /run shows that what is not in them is not there. */
	tree_directory(tree, "/etc");
	tree_directory(tree, "/run");
	tree_directory(tree, "/usr");
}

static struct findings *judge_tree(struct tree *tree)
{
	return judge(tree->arena, "sriov-config", tree_host(tree));
}

static void expect(struct tree *tree, const char *id, enum finding_verdict verdict,
		   const char *evidence)
{
	const struct finding *finding = expect_finding(judge_tree(tree), id, verdict);

	if (evidence)
		assert_true(has_evidence(finding, evidence));
}

static void expect_none(struct tree *tree, const char *id)
{
	assert_null(finding_of(judge_tree(tree), id));
}

static void vfs_that_nothing_enables_at_boot_are_told(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/udev/rules.d/70.rules", "# " RULE "\n");
	tree_file(tree, "/etc/udev/rules.d/README", RULE "\n");
	expect(tree, "sriov-config.not-persistent", FINDING_WARN, "1");
}

static void what_enables_vfs_at_boot_is_found(void **state)
{
	static const struct {
		const char *path;
		const char *line;
	} settings[] = {
		{"/etc/udev/rules.d/70.rules", RULE},
		{"/run/udev/rules.d/70.rules", RULE},
		{"/etc/systemd/network/10.link", "SR-IOVVirtualFunctions=4"},
		{"/etc/netplan/01.yaml", "virtual-function-count: 4"},
		{"/etc/tmpfiles.d/vf.conf", "w /sys/class/net/eth0/device/sriov_numvfs - - - - 4"},
		{"/etc/systemd/system/vf.service", "ExecStart=sh -c 'echo 4 > /…/sriov_numvfs'"},
		{"/etc/rc.local", "echo 4 > /sys/class/net/eth0/device/sriov_numvfs"},
		{"/etc/modprobe.d/igb.conf", "options igb max_vfs=4"},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		test_row("%s", settings[i].path);
		struct tree *tree;

		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		tree_file(tree, settings[i].path,
			  arena_printf(tree->arena, "first\n  %s \nlast", settings[i].line));
		const struct finding *finding =
			expect_finding(judge_tree(tree), "sriov-config.persistent", FINDING_PASS);
		assert_non_null(strstr(finding->summary, PF));
		if (!has_evidence(finding, settings[i].line) ||
		    !has_evidence(finding, settings[i].path))
			fail_msg("%s", settings[i].path);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
	(void)state;
}

static void a_profile_of_network_manager_leaves_it_open(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/NetworkManager/system-connections/office", "psk=secret\n");
	expect(tree, "sriov-config.unreadable", FINDING_UNKNOWN,
	       "/etc/NetworkManager/system-connections");
}

static void a_place_that_was_not_captured_leaves_it_open(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	struct host *host = tree_host(tree);
	host->sriov_config.fact = (struct fact){.state = FACT_NOT_CAPTURED, .source = "/etc"};
	expect_finding(judge(tree->arena, "sriov-config", host), "sriov-config.unreadable",
		       FINDING_UNKNOWN);
}

static void max_vfs_is_deprecated_where_the_driver_has_it(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/modprobe.d/igb.conf", "options igb max_vfs=4\n");
	expect(tree, "sriov-config.max-vfs-deprecated", FINDING_WARN, "options igb max_vfs=4");
}

static void max_vfs_is_ignored_where_the_driver_lacks_it(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/modprobe.d/ice.conf", "options\tice max_vfs=4\n");
	expect(tree, "sriov-config.max-vfs-ignored", FINDING_WARN, "/etc/modprobe.d/ice.conf");
}

static void max_vfs_counts_on_the_command_line_too(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/proc/cmdline", "quiet igb.max-vfs=4\n");
	expect(tree, "sriov-config.max-vfs-deprecated", FINDING_WARN, "igb.max-vfs=4");
}

static void vfs_that_host_drivers_hold_are_told(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	expect(tree, "sriov-config.vfs-on-host-drivers", FINDING_WARN, "igbvf");
}

static void vfs_in_the_pfs_group_are_told(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_group(tree, ROOT_BUS "/" VF, 1);
	expect(tree, "sriov-config.vf-in-pf-group", FINDING_WARN, "group 1");
}

static void vfs_in_a_group_of_their_own_are_not(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_group(tree, ROOT_BUS "/" VF, 2);
	expect_none(tree, "sriov-config.vf-in-pf-group");
}

static void a_host_without_pfs_is_not_searched(void **state)
{
	struct tree *tree = *state;
	struct test_config config;

	config_begin(&config, 0x8086, 0x10d3, 0x020000);
	tree_function(tree, ROOT_BUS, PF, &config);
	tree_file(tree, "/etc/modprobe.d/igb.conf", "options igb max_vfs=4\n");
	struct host *host = tree_host(tree);
	assert_int_equal(host->sriov_config.count, 0);
	expect_finding(judge(tree->arena, "sriov-config", host), "sriov-config.none",
		       FINDING_NOT_APPLICABLE);
}

static void a_capture_keeps_only_lines_that_speak_of_vfs(void **state)
{
	static const struct capture_options options;
	struct tree *tree = *state;
	struct fact_text text = known_text("/etc/netplan/01.yaml", "password: secret\n"
								   "# virtual-function-count: 2\n"
								   "virtual-function-count: 4\n");
	struct fact_text kept = redact(tree->arena, &text, &options);

	assert_string_equal(kept.text, "virtual-function-count: 4\n");
	assert_int_equal(kept.length, strlen(kept.text));
}

/* A line, and how many VFs it makes; -1: it tells no one number. */
struct count_case {
	const char *line;
	int64_t count;
};

static void a_line_tells_how_many_vfs_it_makes(void **state)
{
	static const struct count_case cases[] = {
		{"ACTION==\"bind\", ATTR{sriov_numvfs}=\"4\"", 4},
		{"w /sys/class/net/eth0/device/sriov_numvfs - - - - 16", 16},
		{"bus/pci/devices/0000:01:00.0/sriov_numvfs = 8", 8},
		{"ExecStart=/bin/sh -c 'echo 12 > /sys/class/net/eth0/device/sriov_numvfs'", 12},
		{"echo 3 >/sys/class/net/eth0/device/sriov_numvfs", 3},
		{"SR-IOVVirtualFunctions=5", 5},
		{"virtual-function-count: 6", 6},
		{"options igb max_vfs=7", 7},
		{"options igb max_vfs=7,7", -1},
		{"options igb max_vfs=", -1},
		{"echo $N > /sys/class/net/eth0/device/sriov_numvfs", -1},
		{"> /sys/class/net/eth0/device/sriov_numvfs", -1},
		{"ATTR{sriov_numvfs}=\"999999\"", -1},
		{"max_vfs=4x", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct sriov_setting setting = {.line = cases[i].line};
		int64_t count = -1;
		size_t digits;

		if (!sriov_setting_count(&setting, &count, &digits))
			count = -1;
		if (count != cases[i].count)
			fail_msg("%s: %d", cases[i].line, (int)count);
	}
}

/* A line, and what is left of it. */
struct kept_case {
	const char *line;
	const char *kept;
};

#define ECHO "echo 4 > /sys/class/net/eth0/device/sriov_numvfs"

static const struct kept_case kept_cases[] = {
	{"ACTION==\"add\", ATTR{address}==\"00:16:3e:5e:6c:00\", ATTR{sriov_numvfs}=\"4\"",
	 "ACTION==\"add\", ATTR{redacted}==\"redacted\", ATTR{sriov_numvfs}=\"4\""},
	{"KERNEL==\"dmz\", ATTR{sriov_numvfs}=\"4\", RUN+=\"/usr/bin/login hunter2 12345\"",
	 "KERNEL==\"dmz\", ATTR{sriov_numvfs}=\"4\", RUN+=\"redacted redacted redacted\""},
	{"ExecStart=/bin/sh -c '" ECHO "; ip link set eth0 vf 0 mac 00:16:3e:5e:6c:00'",
	 "ExecStart=/bin/sh -c '" ECHO "; ip link set eth0 redacted redacted redacted redacted'"},
	{"ExecStart=/bin/sh -c \"TOKEN=hunter2 " ECHO "\"",
	 "ExecStart=/bin/sh -c \"redacted=redacted " ECHO "\""},
	{"post-up " ECHO " # wpa-psk hunter2", "post-up " ECHO " redacted redacted redacted"},
	{"{virtual-function-count: 6, password: hunter2}",
	 "{virtual-function-count: 6, redacted: redacted}"},
	{"options igb max_vfs=7,7 key=hunter2", "options igb max_vfs=7,7 redacted=redacted"},
	{"echo $N > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs",
	 "echo $redacted > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs"},
	{"SR-IOVVirtualFunctions=5", "SR-IOVVirtualFunctions=5"},
	{"w /sys/class/net/eth0/device/sriov_numvfs - - - - 16",
	 "w /sys/class/net/eth0/device/sriov_numvfs - - - - 16"},
};

static const char *parsed(struct arena *arena, const char *line)
{
	struct fact_text text = known_text("/etc/rc.local", line);
	struct sriov_config config = {0};

	sriov_config_parse(arena, &text, &config);
	assert_int_equal(config.count, 1);
	return config.settings[0].line;
}

static int64_t count_of(const char *line)
{
	const struct sriov_setting setting = {.line = line};
	int64_t count = -1;
	size_t digits;

	return sriov_setting_count(&setting, &count, &digits) ? count : -1;
}

static void a_line_is_kept_without_what_stands_beside_the_setting(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(kept_cases) / sizeof(kept_cases[0]); i++) {
		const struct kept_case *it = &kept_cases[i];
		test_row("%s", it->line);
		const char *kept = parsed(tree->arena, it->line);
		assert_string_equal(kept, it->kept);
		assert_string_equal(parsed(tree->arena, kept), kept);
		assert_int_equal(count_of(kept), count_of(it->line));
		/* What no longer stands so in its file is not put into a command of sed. */
		const struct sriov_setting setting = {.line = kept};
		assert_int_equal(sriov_setting_whole(&setting), strcmp(kept, it->line) == 0);
	}
}

static void lines_of_any_bytes_are_parsed(void **state)
{
	static const char bytes[] = "\n\n \0max_vfs=\0\n\xff sriov_numvfs\nnum_vfs";
	struct tree *tree = *state;
	struct fact_text text = known_bytes("/etc/rc.local", bytes, sizeof(bytes) - 1);
	struct sriov_config config = {0};

	sriov_config_parse(tree->arena, &text, &config);
	assert_int_equal(config.count, 3);
	assert_string_equal(config.settings[2].line, "num_vfs");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vfs_that_nothing_enables_at_boot_are_told),
		cmocka_unit_test(what_enables_vfs_at_boot_is_found),
		TEST(a_profile_of_network_manager_leaves_it_open),
		TEST(a_place_that_was_not_captured_leaves_it_open),
		TEST(max_vfs_is_deprecated_where_the_driver_has_it),
		TEST(max_vfs_is_ignored_where_the_driver_lacks_it),
		TEST(max_vfs_counts_on_the_command_line_too),
		TEST(vfs_that_host_drivers_hold_are_told),
		TEST(vfs_in_the_pfs_group_are_told),
		TEST(vfs_in_a_group_of_their_own_are_not),
		TEST(a_host_without_pfs_is_not_searched),
		TEST(a_capture_keeps_only_lines_that_speak_of_vfs),
		TEST(a_line_tells_how_many_vfs_it_makes),
		TEST(a_line_is_kept_without_what_stands_beside_the_setting),
		TEST(lines_of_any_bytes_are_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

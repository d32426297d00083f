/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/links.h"
#include "tests/unit/support/paper.h"

#define ROOT_BUS "/sys/devices/pci0000:00"
#define PF       "0000:00:02.0"

enum { NVME_CLASS = 0x010802, ETHERNET = 0x020000, INFINIBAND = 0x020700, GPU = 0x030200 };

/* Makes a PF of that class, with a VF on that driver (NULL: none). */
static void make_class(struct tree *tree, uint32_t class_code, const char *driver)
{
	struct test_config config;

	config_begin(&config, 0x144d, 0xa824, class_code);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	config_add_sriov(&config, 8);
	const char *pf = tree_function(tree, ROOT_BUS, PF, &config);
	tree_attribute(tree, pf, "sriov_totalvfs", "8\n");
	tree_attribute(tree, pf, "sriov_numvfs", "1\n");
	config_begin(&config, 0xffff, 0xffff, class_code);
	const char *vf = tree_function(tree, ROOT_BUS, "0000:00:02.1", &config);
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", vf), pf);
	if (driver)
		tree_driver(tree, vf, driver);
}

static struct findings *judge_class(struct tree *tree, uint32_t class_code, const char *driver)
{
	make_class(tree, class_code, driver);
	return judge(tree->arena, "vf-setup", tree_host(tree));
}

static void secondary_controllers_of_nvme_are_not_seen(void **state)
{
	const struct finding *finding = expect_finding(judge_class(*state, NVME_CLASS, NULL),
						       "vf-setup.nvme", FINDING_UNKNOWN);

	assert_non_null(strstr(finding->commands->text, "nvme list-secondary"));
}

static void those_that_the_host_runs_are_online(void **state)
{
	assert_null(finding_of(judge_class(*state, NVME_CLASS, "nvme"), "vf-setup.nvme"));
}

static void network_vfs_have_what_sysfs_does_not_show(void **state)
{
	expect_finding(judge_class(*state, ETHERNET, NULL), "vf-setup.network",
		       FINDING_NOT_APPLICABLE);
}

/* Judges a PF with one VF, where the kernel tells of the VF of that number alone. */
static const struct finding *judge_told(struct tree *tree, uint32_t number)
{
	static const unsigned char mac[] = {0x52, 0x54, 0, 1, 2, 3};
	struct vf_links links = {.fact = fact_of(FACT_KNOWN, "RTM_GETLINK", 0)};
	struct test_links message;

	make_class(tree, ETHERNET, NULL);
	links_begin(&message, ARPHRD_ETHER, "eth0", PF);
	links_add_tagged_vf(&message, &(struct test_vf){number, mac, 7, 1, UINT32_MAX}, 5,
			    ETH_P_8021AD);
	links_end(&message);
	vf_links_parse(message.bytes, message.length, tree->arena, &links);
	struct host *host = tree_host(tree);
	host->vf_links = links;
	return expect_finding(judge(tree->arena, "vf-setup", host), "vf-setup.network",
			      FINDING_NOT_APPLICABLE);
}

static void what_the_kernel_says_of_them_is_shown(void **state)
{
	assert_non_null(strstr(
		judge_told(*state, 0)->evidence->value,
		"0000:00:02.1: MAC address 52:54:00:01:02:03, VLAN 7 with priority 5 by 802.1ad, "
		"trust on, "
		"spoof check not told"));
}

static void what_the_kernel_says_of_another_vf_is_not_shown(void **state)
{
	assert_non_null(strstr(judge_told(*state, 1)->summary, "are not seen in sysfs"));
}

/* mlx4's are assigned by the subnet manager: drivers/infiniband/hw/mlx4/alias_GUID.c. */
static void infiniband_vfs_may_lack_guids_where_the_host_sets_them(void **state)
{
	static const struct {
		const char *driver;
		enum finding_verdict verdict;
	} rows[] = {
		{"mlx5_core", FINDING_UNKNOWN},
		{"mlx4_core", FINDING_NOT_APPLICABLE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].driver);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		make_class(tree, INFINIBAND, NULL);
		tree_driver(tree, ROOT_BUS "/" PF, rows[i].driver);
		expect_finding(judge(tree->arena, "vf-setup", tree_host(tree)),
			       "vf-setup.infiniband", rows[i].verdict);
		assert_int_equal(tree_teardown(state), 0);
	}
}

static struct findings *judge_link(struct tree *tree, const char *state)
{
	make_class(tree, ETHERNET, NULL);
	tree_file(tree, ROOT_BUS "/" PF "/net/eth0/operstate", state);
	return judge(tree->arena, "vf-setup", tree_host(tree));
}

static void vfs_of_a_pf_that_is_down_may_have_no_network(void **state)
{
	const struct finding *finding =
		expect_finding(judge_link(*state, "down\n"), "vf-setup.pf-down", FINDING_UNKNOWN);

	assert_string_equal(finding->summary, "cannot tell whether VFs of " PF
					      " reach the network: eth0 is down, or has no link");
	assert_string_equal(finding->commands->text, "ip link set dev eth0 up");
}

static void what_a_pf_without_a_link_lacks_is_told(void **state)
{
	static const struct {
		const char *flags, *says, *command;
	} rows[] = {
		{"0x1002\n", "eth0 is down", "ip link set dev eth0 up"},
		{"0x1003\n", "eth0 is up, and has no link", NULL},
		{"?\n", "eth0 is down, or has no link", "ip link set dev eth0 up"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].flags);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		tree_file(tree, ROOT_BUS "/" PF "/net/eth0/flags", rows[i].flags);
		const struct finding *finding = expect_finding(judge_link(tree, "down\n"),
							       "vf-setup.pf-down", FINDING_UNKNOWN);
		assert_string_equal(strstr(finding->summary, "eth0"), rows[i].says);
		assert_int_equal(finding->commands != NULL, rows[i].command != NULL);
		if (rows[i].command)
			assert_string_equal(finding->commands->text, rows[i].command);
		assert_int_equal(tree_teardown(state), 0);
	}
}

static void vfs_of_a_pf_that_is_up_have_the_network(void **state)
{
	assert_null(finding_of(judge_link(*state, "up\n"), "vf-setup.pf-down"));
}

/* Representors are interfaces of the PF, by the names of their ports. */
static void vfs_of_switchdev_mode_need_their_representors(void **state)
{
	static const struct {
		const char *port; /* NULL: it has no name */
		bool stands_for_vf;
	} rows[] = {
		{"pf0vf0", true},  {"c1pf0vf0", true}, {"p0pf0vf0", true}, {"p0", false},
		{"pf0sf1", false}, {"pf0vf", false},   {"pf0vf0x", false}, {NULL, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].port ? rows[i].port : "no name");
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		make_class(tree, ETHERNET, NULL);
		tree_file(tree, ROOT_BUS "/" PF "/net/eth0/phys_port_name", "p0\n");
		tree_directory(tree, ROOT_BUS "/" PF "/net/eth1");
		if (rows[i].port)
			tree_file(tree, ROOT_BUS "/" PF "/net/eth1/phys_port_name",
				  arena_printf(tree->arena, "%s\n", rows[i].port));
		tree_link(tree, ROOT_BUS "/" PF "/net/eth1/master", "/sys/devices/virtual/net/br0");
		struct findings *findings = judge(tree->arena, "vf-setup", tree_host(tree));
		if (rows[i].stands_for_vf)
			assert_string_equal(expect_finding(findings, "vf-setup.switchdev",
							   FINDING_NOT_APPLICABLE)
						    ->evidence->value,
					    "eth1 is a part of br0");
		else
			assert_null(finding_of(findings, "vf-setup.switchdev"));
		assert_int_equal(tree_teardown(state), 0);
	}
}

/* One that is in no bridge may be steered by tc. */
static void a_representor_outside_of_bridges_leaves_it_open(void **state)
{
	struct tree *tree = *state;

	make_class(tree, ETHERNET, NULL);
	tree_file(tree, ROOT_BUS "/" PF "/net/eth0/phys_port_name", "p0\n");
	tree_file(tree, ROOT_BUS "/" PF "/net/eth1/phys_port_name", "pf0vf0\n");
	tree_file(tree, ROOT_BUS "/" PF "/net/eth2/phys_port_name", "pf0vf1\n");
	assert_string_equal(
		expect_finding(judge(tree->arena, "vf-setup", tree_host(tree)),
			       "vf-setup.switchdev", FINDING_UNKNOWN)
			->summary,
		"cannot tell whether every VF of " PF
		" reaches the network: it is in switchdev mode, and eth1 and 1 other representor "
		"are not a part of a bridge");
}

/* A link that is not read may lead to a bridge. */
static void an_unread_master_is_not_said_to_be_none(void **state)
{
	struct tree *tree = *state;

	make_class(tree, ETHERNET, NULL);
	tree_file(tree, ROOT_BUS "/" PF "/net/eth0/phys_port_name", "p0\n");
	tree_file(tree, ROOT_BUS "/" PF "/net/eth1/phys_port_name", "pf0vf0\n");
	tree_file(tree, ROOT_BUS "/" PF "/net/eth1/master", "not a link");
	const struct finding *finding =
		expect_finding(judge(tree->arena, "vf-setup", tree_host(tree)),
			       "vf-setup.switchdev", FINDING_UNKNOWN);
	assert_non_null(strstr(finding->summary, "eth1 may not be a part of a bridge"));
	assert_non_null(strstr(finding->evidence->source, "/eth1/master"));
	assert_null(finding->evidence->next);
}

static void other_classes_need_none(void **state)
{
	expect_finding(judge_class(*state, GPU, NULL), "vf-setup.none", FINDING_NOT_APPLICABLE);
}

static void functions_that_were_not_listed_leave_it_open(void **state)
{
	const struct tree *tree = *state;

	expect_finding(judge(tree->arena, "vf-setup", unread_host(tree->arena)),
		       "vf-setup.unreadable", FINDING_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(secondary_controllers_of_nvme_are_not_seen),
		TEST(those_that_the_host_runs_are_online),
		TEST(network_vfs_have_what_sysfs_does_not_show),
		TEST(what_the_kernel_says_of_them_is_shown),
		TEST(what_the_kernel_says_of_another_vf_is_not_shown),
		cmocka_unit_test(infiniband_vfs_may_lack_guids_where_the_host_sets_them),
		TEST(vfs_of_a_pf_that_is_down_may_have_no_network),
		cmocka_unit_test(what_a_pf_without_a_link_lacks_is_told),
		TEST(vfs_of_a_pf_that_is_up_have_the_network),
		cmocka_unit_test(vfs_of_switchdev_mode_need_their_representors),
		TEST(a_representor_outside_of_bridges_leaves_it_open),
		TEST(an_unread_master_is_not_said_to_be_none),
		TEST(other_classes_need_none),
		TEST(functions_that_were_not_listed_leave_it_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

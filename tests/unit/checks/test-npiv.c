/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/tree.h"

#define ID(name) "npiv." name
#define PORT     "/sys/class/fc_host/host5/"

static struct findings *judge_tree(struct tree *tree)
{
	struct host *host = unread_host(tree->arena);

	fc_hosts_load(tree_open(tree), tree->arena, &host->fc_hosts);
	return judge(tree->arena, "npiv", host);
}

struct port {
	const char *state;
	const char *type;
	const char *most;
	const char *used;
	const char *id;
	enum finding_verdict verdict;
};

static void assert_port(struct tree *tree, const struct port *port)
{
	tree_file(tree, PORT "port_state", port->state);
	tree_file(tree, PORT "port_type", port->type);
	tree_file(tree, PORT "max_npiv_vports", port->most);
	tree_file(tree, PORT "npiv_vports_inuse", port->used);
	tree_file(tree, PORT "vport_create", "");
	struct findings *findings = judge_tree(tree);
	expect_finding(findings, port->id, port->verdict);
	assert_int_equal(findings->count, 1);
}

#define FABRIC "NPort (fabric via point-to-point)\n"

#define PORT_TEST(name, ...)                                                                       \
	static void name(void **state)                                                             \
	{                                                                                          \
		static const struct port port = {__VA_ARGS__};                                     \
		assert_port(*state, &port);                                                        \
	}

PORT_TEST(port_with_room_passes, "Online\n", FABRIC, "255\n", "9\n", ID("free"), FINDING_PASS)
PORT_TEST(port_without_room_warns, "Online\n", FABRIC, "10\n", "10\n", ID("full"), FINDING_WARN)
PORT_TEST(port_that_is_down_warns, "Linkdown\n", FABRIC, "255\n", "0\n", ID("link-down"),
	  FINDING_WARN)
PORT_TEST(port_of_a_loop_warns, "Online\n", "LPort (private loop)\n", "255\n", "0\n",
	  ID("no-fabric"), FINDING_WARN)
PORT_TEST(port_without_npiv_is_not_concerned, "Online\n", FABRIC, "0\n", "0\n", ID("unsupported"),
	  FINDING_NOT_APPLICABLE)
PORT_TEST(count_that_is_none_is_unknown, "Online\n", FABRIC, "many\n", "0\n", ID("unreadable"),
	  FINDING_UNKNOWN)

static void virtual_port_is_no_parent(void **state)
{
	tree_file(*state, PORT "port_type", "NPIV VPORT\n");
	assert_int_equal(judge_tree(*state)->count, 0);
}

static void host_without_ports_is_not_concerned(void **state)
{
	tree_directory(*state, "/sys/class/fc_host");
	expect_finding(judge_tree(*state), ID("none"), FINDING_NOT_APPLICABLE);
}

static void ports_that_were_not_captured_are_unknown(void **state)
{
	struct tree *tree = *state;
	struct host *host = unread_host(tree->arena);

	host->fc_hosts.fact.source = "/sys/class/fc_host";
	expect_finding(judge(tree->arena, "npiv", host), ID("unreadable"), FINDING_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(port_with_room_passes),
		TEST(port_without_room_warns),
		TEST(port_that_is_down_warns),
		TEST(port_of_a_loop_warns),
		TEST(port_without_npiv_is_not_concerned),
		TEST(count_that_is_none_is_unknown),
		TEST(virtual_port_is_no_parent),
		TEST(host_without_ports_is_not_concerned),
		TEST(ports_that_were_not_captured_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

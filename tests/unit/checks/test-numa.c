/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

static struct memory_node nodes[] = {{.id = 0}, {.id = 1}};

/* Judges a host of that many nodes with one function on a node. */
static struct findings *judge_node(struct paper *paper, size_t node_count, int64_t node)
{
	struct pci_function *function = add_function(paper, "0000:01:00.0", NULL);

	function->numa_node = (struct fact_number){.fact = known("numa_node"), .value = node};
	paper->host.memory.nodes_fact = known("/sys/devices/system/node");
	paper->host.memory.nodes = nodes;
	paper->host.memory.node_count = node_count;
	return judge(paper->arena, "numa", &paper->host);
}

static void one_node_leaves_nothing_to_choose(void **state)
{
	expect_finding(judge_node(*state, 1, -1), "numa.one-node", FINDING_NOT_APPLICABLE);
}

static void function_on_a_node_of_the_host_passes(void **state)
{
	expect_finding(judge_node(*state, 2, 1), "numa.known", FINDING_PASS);
}

static void function_that_firmware_puts_nowhere_warns(void **state)
{
	const struct finding *finding =
		expect_finding(judge_node(*state, 2, -1), "numa.node-unknown", FINDING_WARN);

	assert_true(has_evidence(finding, "-1"));
}

static void function_on_a_node_that_is_not_there_warns(void **state)
{
	const struct finding *finding =
		expect_finding(judge_node(*state, 2, 3), "numa.node-missing", FINDING_WARN);

	assert_string_equal(finding->summary,
			    "0000:01:00.0 is on NUMA node 3, which the host does not have");
}

static void node_that_was_not_read_is_unknown(void **state)
{
	struct paper *paper = *state;

	judge_node(paper, 2, 0);
	paper->host.pci.functions[0].numa_node.fact = unreadable("numa_node", EACCES);
	struct findings *findings = judge(paper->arena, "numa", &paper->host);
	expect_finding(findings, "numa.unreadable", FINDING_UNKNOWN);
	assert_int_equal(findings->count, 1);
	paper->host.memory.nodes_fact = unreadable("/sys/devices/system/node", EACCES);
	expect_finding(judge(paper->arena, "numa", &paper->host), "numa.unreadable",
		       FINDING_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_node_leaves_nothing_to_choose),
		TEST(function_on_a_node_of_the_host_passes),
		TEST(function_that_firmware_puts_nowhere_warns),
		TEST(function_on_a_node_that_is_not_there_warns),
		TEST(node_that_was_not_read_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

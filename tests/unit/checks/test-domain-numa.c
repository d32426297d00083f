/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

static void a_node_that_firmware_does_not_give_is_no_other_node(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = hostdev_of(function);
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	number_set_add(&domain.memory_nodes, 1);
	function->numa_node = (struct fact_number){.fact = known("numa_node"), .value = -1};
	assert_int_equal(judge_domains(paper, "domain-numa", &domain, 1)->count, 0);
	function->numa_node.value = 0;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-numa.remote", FINDING_WARN,
		"vm is bound to other NUMA nodes than node 0, on which 0000:01:00.0 is");
	assert_true(has_evidence(finding, "0"));
	function->numa_node.value = 1;
	assert_int_equal(judge_domains(paper, "domain-numa", &domain, 1)->count, 0);
}

static void nodes_that_were_not_read_are_not_known(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL));
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	number_set_add(&domain.cpus, 1);
	paper->host.memory.nodes_fact = unreadable("/sys/devices/system/node", 13);
	const struct finding *finding =
		expect_domain_finding(paper, &domain, "domain-numa.unread", FINDING_UNKNOWN,
				      "the NUMA node of the processors of vm could not be read");
	assert_true(has_evidence(finding, "/sys/devices/system/node"));
	paper->host.memory.nodes_fact = absent("/sys/devices/system/node");
	assert_int_equal(judge_domains(paper, "domain-numa", &domain, 1)->count, 0);
}

static void a_functions_node_that_was_not_read_is_not_the_right_one(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = hostdev_of(function);
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	function->numa_node.fact = unreadable("numa_node", 13);
	assert_int_equal(judge_domains(paper, "domain-numa", &domain, 1)->count, 0);
	number_set_add(&domain.memory_nodes, 1);
	expect_domain_finding(paper, &domain, "domain-numa.unread", FINDING_UNKNOWN,
			      "the NUMA node of 0000:01:00.0, which vm uses, could not be read");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_node_that_firmware_does_not_give_is_no_other_node),
		TEST(nodes_that_were_not_read_are_not_known),
		TEST(a_functions_node_that_was_not_read_is_not_the_right_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

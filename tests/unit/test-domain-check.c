/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "checks/support/check.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

static struct domain_device use_of(const struct pci_function *function)
{
	return (struct domain_device){
		.kind = DOMAIN_DEVICE_HOSTDEV,
		.element = "hostdev",
		.managed = true,
		.has_source = true,
		.source = function->address,
	};
}

/* Runs a check over domains. */
static const struct findings *run(struct paper *paper, const char *id, const struct domain *domains,
				  size_t count)
{
	struct findings *findings = arena_alloc(paper->arena, sizeof(*findings));
	const struct check *check = check_find(id);
	struct domain_map map;

	assert_non_null(findings);
	assert_non_null(check);
	assert_non_null(check->run_domains);
	domain_map_build(&paper->model, domains, count, NULL, 0, paper->arena, &map);
	findings_init(findings, paper->arena);
	findings->check = id;
	check->run_domains(&map, findings);
	return findings;
}

static void a_function_is_found_by_its_address(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, "nvme");
	struct domain_device devices[] = {use_of(function), use_of(function)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};
	struct domain_map map;

	devices[1].source.bus = 9;
	domain_map_build(&paper->model, &domain, 1, NULL, 0, paper->arena, &map);
	assert_int_equal(map.use_count, 2);
	assert_ptr_equal(map.uses[0].function, function);
	assert_null(map.uses[1].function);
	assert_string_equal(map.uses[1].address, "0000:09:00.0");
}

static void functions_that_were_not_listed_are_not_missing(void **state)
{
	struct paper *paper = *state;
	const struct pci_function nowhere = {.address = {.bus = 3}};
	struct domain_device device = use_of(&nowhere);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	paper->host.pci.fact = unreadable("/sys/bus/pci/devices", 13);
	const struct findings *findings = run(paper, "domain-functions", &domain, 1);
	assert_int_equal(findings->count, 1);
	expect_finding(findings, "domain-functions.unread", FINDING_UNKNOWN);
}

static void three_domains_of_a_group_are_named_by_twos(void **state)
{
	struct paper *paper = *state;
	struct domain_device devices[] = {
		use_of(paper_function(paper, "0000:01:00.0", 1, NULL)),
		use_of(paper_function(paper, "0000:01:00.1", 1, NULL)),
		use_of(paper_function(paper, "0000:01:00.2", 1, NULL)),
	};
	const struct domain domains[] = {
		{.name = "a", .devices = &devices[0], .device_count = 1},
		{.name = "b", .devices = &devices[1], .device_count = 1},
		{.name = "c", .devices = &devices[2], .device_count = 1},
	};
	const struct findings *findings = run(paper, "domain-groups", domains, 3);

	assert_int_equal(findings->count, 2);
	assert_string_equal(findings->first->subject.id, "b");
	assert_string_equal(findings->first->next->subject.id, "c");
}

static void a_shared_function_says_more_than_a_shared_group(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *first = paper_function(paper, "0000:01:00.0", 1, NULL);
	const struct pci_function *second = paper_function(paper, "0000:01:00.1", 1, NULL);
	struct domain_device both[] = {use_of(first), use_of(second)};
	const struct domain domains[] = {
		{.name = "a", .devices = both, .device_count = 2},
		{.name = "b", .devices = &both[1], .device_count = 1},
	};
	const struct findings *findings = run(paper, "domain-groups", domains, 2);

	assert_int_equal(findings->count, 1);
	assert_string_equal(
		expect_finding(findings, "domain-groups.shared-function", FINDING_WARN)->summary,
		"a and b both use 0000:01:00.1");
}

static void a_companion_is_missed_once_however_many_are_used(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *first = paper_function(paper, "0000:01:00.0", 1, "a");
	const struct pci_function *second = paper_function(paper, "0000:01:00.1", 1, "b");
	const struct pci_function *third = paper_function(paper, "0000:02:00.0", 1, "c");
	struct domain_device devices[] = {use_of(first), use_of(second)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	paper_companions(paper, first, second);
	paper_companions(paper, first, third);
	paper_companions(paper, second, first);
	paper_companions(paper, second, third);
	const struct findings *findings = run(paper, "domain-groups", &domain, 1);
	assert_int_equal(findings->count, 1);
	assert_non_null(strstr(findings->first->summary, "0000:02:00.0"));
}

static void functions_in_no_group_share_none(void **state)
{
	struct paper *paper = *state;
	struct pci_function *functions[] = {paper_function(paper, "0000:01:00.0", 0, NULL),
					    paper_function(paper, "0000:02:00.0", 0, NULL)};
	struct domain_device devices[] = {use_of(functions[0]), use_of(functions[1])};
	const struct domain domains[] = {
		{.name = "a", .devices = &devices[0], .device_count = 1},
		{.name = "b", .devices = &devices[1], .device_count = 1},
	};

	for (size_t i = 0; i < 2; i++)
		functions[i]->group.fact = absent("iommu_group");
	assert_int_equal(run(paper, "domain-groups", domains, 2)->count, 0);
}

static void a_node_that_firmware_does_not_give_is_no_other_node(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = use_of(function);
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	number_set_add(&domain.memory_nodes, 1);
	function->numa_node = (struct fact_number){.fact = known("numa_node"), .value = -1};
	assert_int_equal(run(paper, "domain-numa", &domain, 1)->count, 0);
	function->numa_node.value = 0;
	expect_finding(run(paper, "domain-numa", &domain, 1), "domain-numa.remote", FINDING_WARN);
	function->numa_node.value = 1;
	assert_int_equal(run(paper, "domain-numa", &domain, 1)->count, 0);
}

static void nodes_that_were_not_read_are_not_known(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = use_of(paper_function(paper, "0000:01:00.0", 1, NULL));
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	number_set_add(&domain.cpus, 1);
	paper->host.memory.nodes_fact = unreadable("/sys/devices/system/node", 5);
	expect_finding(run(paper, "domain-numa", &domain, 1), "domain-numa.unread",
		       FINDING_UNKNOWN);
	paper->host.memory.nodes_fact = absent("/sys/devices/system/node");
	assert_int_equal(run(paper, "domain-numa", &domain, 1)->count, 0);
}

static void a_domain_without_host_devices_pins_nothing(void **state)
{
	struct paper *paper = *state;
	const struct domain domain = {.name = "vm", .memory = UINT64_MAX, .hugepages = true};

	assert_int_equal(run(paper, "domain-memory", &domain, 1)->count, 0);
}

static void checks_of_domains_are_no_checks_of_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];
		assert_true(!check->run != !check->run_domains);
		assert_int_equal(check->run_domains != NULL, strncmp(check->id, "domain-", 7) == 0);
	}
}

#define PAPER_TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPER_TEST(a_function_is_found_by_its_address),
		PAPER_TEST(functions_that_were_not_listed_are_not_missing),
		PAPER_TEST(three_domains_of_a_group_are_named_by_twos),
		PAPER_TEST(a_shared_function_says_more_than_a_shared_group),
		PAPER_TEST(a_companion_is_missed_once_however_many_are_used),
		PAPER_TEST(functions_in_no_group_share_none),
		PAPER_TEST(a_node_that_firmware_does_not_give_is_no_other_node),
		PAPER_TEST(nodes_that_were_not_read_are_not_known),
		PAPER_TEST(a_domain_without_host_devices_pins_nothing),
		cmocka_unit_test(checks_of_domains_are_no_checks_of_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

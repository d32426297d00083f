/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define ID(name) "hotplug." name

enum { SLOT_IMPLEMENTED = 0x0100, SURPRISE = 0x20, HOTPLUG = 0x40 };

/* A root port with that slot, and a function below it. */
static struct pci_function *add_card(struct paper *paper, uint32_t slot)
{
	struct pci_function *port = add_express(paper, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct capability express = config_capability(&port->config, 0x10);

	set_config32(port, express.offset,
		     0x10 | 2 << 16 | EXPRESS_ROOT_PORT << 20 | SLOT_IMPLEMENTED << 16);
	set_config32(port, express.offset + 0x14, slot);
	return add_express(paper, "0000:01:00.0", port, EXPRESS_ENDPOINT);
}

static void function_of_vfio_in_a_surprise_slot_may_vanish(void **state)
{
	struct paper *paper = *state;

	set_driver(add_card(paper, HOTPLUG | SURPRISE), "vfio-pci");
	struct findings *findings = judge(paper->arena, "hotplug", &paper->host);
	const struct finding *finding = expect_finding(findings, ID("may-vanish"), FINDING_WARN);
	assert_string_equal(finding->summary,
			    "the slot of 0000:00:1c.0 may lose 0000:01:00.0 without warning");
	assert_int_equal(findings->count, 1);
}

static void function_of_the_host_raises_no_alarm(void **state)
{
	struct paper *paper = *state;

	set_driver(add_card(paper, HOTPLUG | SURPRISE), "nvme");
	expect_finding(judge(paper->arena, "hotplug", &paper->host), ID("slots"), FINDING_PASS);
}

static void slot_that_asks_first_raises_no_alarm(void **state)
{
	struct paper *paper = *state;

	set_driver(add_card(paper, HOTPLUG), "vfio-pci");
	expect_finding(judge(paper->arena, "hotplug", &paper->host), ID("slots"), FINDING_PASS);
}

static void host_without_such_slots_is_not_concerned(void **state)
{
	struct paper *paper = *state;

	set_driver(add_card(paper, 0), "vfio-pci");
	expect_finding(judge(paper->arena, "hotplug", &paper->host), ID("none"),
		       FINDING_NOT_APPLICABLE);
}

static void hidden_capabilities_leave_it_unknown(void **state)
{
	struct paper *paper = *state;

	add_card(paper, HOTPLUG);
	hide_capabilities(&paper->host.pci.functions[0]);
	expect_finding(judge(paper->arena, "hotplug", &paper->host), ID("unreadable"),
		       FINDING_UNKNOWN);
}

static void make_all_ones(struct pci_function *function)
{
	for (size_t offset = 0; offset < CONFIG_HEADER_SIZE; offset += 4)
		set_config32(function, offset, 0xffffffff);
}

static void endpoint_that_does_not_answer_has_no_slot(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper, HOTPLUG);

	set_class(card, 0x030000);
	make_all_ones(card);
	expect_finding(judge(paper->arena, "hotplug", &paper->host), ID("slots"), FINDING_PASS);
}

static void port_that_does_not_answer_needs_more_than_root(void **state)
{
	struct paper *paper = *state;

	add_card(paper, HOTPLUG);
	make_all_ones(&paper->host.pci.functions[0]);
	const struct finding *finding = expect_finding(judge(paper->arena, "hotplug", &paper->host),
						       ID("unreadable"), FINDING_UNKNOWN);
	assert_non_null(strstr(finding->remedy, "does not answer"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(function_of_vfio_in_a_surprise_slot_may_vanish),
		TEST(function_of_the_host_raises_no_alarm),
		TEST(slot_that_asks_first_raises_no_alarm),
		TEST(host_without_such_slots_is_not_concerned),
		TEST(hidden_capabilities_leave_it_unknown),
		TEST(endpoint_that_does_not_answer_has_no_slot),
		TEST(port_that_does_not_answer_needs_more_than_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

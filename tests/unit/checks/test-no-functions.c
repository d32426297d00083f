/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What checks of functions say where there is none to judge, and where that is not known. */
#include <errno.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

struct judged {
	const char *check;
	const char *none;
	const char *unreadable;
};

static const struct judged checks[] = {
	{"boot-gpu", "boot-gpu.none", "boot-gpu.unreadable"},
	{"hotplug", "hotplug.none", "hotplug.unreadable"},
	{"migration", "migration.none", "migration.unreadable"},
	{"sriov", "sriov.none", "sriov.unreadable"},
	{"sriov-config", "sriov-config.none", "sriov-config.unreadable"},
	{"sriov-vfs", "sriov-vfs.none", "sriov-vfs.unreadable"},
};

enum { COUNT = sizeof(checks) / sizeof(checks[0]) };

static void a_host_without_functions_has_none_to_judge(void **state)
{
	struct paper *paper = *state;

	paper->host.pci.fact = known("/sys/bus/pci/devices");
	for (size_t i = 0; i < COUNT; i++) {
		test_row("%s", checks[i].check);
		const struct findings *findings =
			judge(paper->arena, checks[i].check, &paper->host);
		expect_finding(findings, checks[i].none, FINDING_NOT_APPLICABLE);
		assert_int_equal(findings->count, 1);
	}
}

static void functions_that_could_not_be_listed_are_not_absent(void **state)
{
	struct paper *paper = *state;

	paper->host.pci.fact = unreadable("/sys/bus/pci/devices", EACCES);
	for (size_t i = 0; i < COUNT; i++) {
		test_row("%s", checks[i].check);
		const struct findings *findings =
			judge(paper->arena, checks[i].check, &paper->host);
		const struct finding *finding =
			expect_finding(findings, checks[i].unreadable, FINDING_UNKNOWN);
		assert_int_equal(findings->count, 1);
		assert_true(has_evidence(finding, "/sys/bus/pci/devices"));
	}
}

static void a_driver_that_was_not_read_may_be_one_of_vfio(void **state)
{
	struct paper *paper = *state;

	add_function(paper, "0000:01:00.0", NULL)->driver.fact = unreadable("driver", EACCES);
	const struct finding *finding =
		expect_finding(judge(paper->arena, "migration", &paper->host),
			       "migration.unreadable", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "driver"));
}

static void a_display_whose_boot_vga_was_not_read_may_be_the_one(void **state)
{
	struct paper *paper = *state;

	struct pci_function *display = add_function(paper, "0000:01:00.0", NULL);
	set_class(display, 0x030000);
	display->boot_vga.fact = unreadable("boot_vga", EACCES);
	const struct finding *finding =
		expect_finding(judge(paper->arena, "boot-gpu", &paper->host), "boot-gpu.unreadable",
			       FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "boot_vga"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_host_without_functions_has_none_to_judge),
		TEST(functions_that_could_not_be_listed_are_not_absent),
		TEST(a_driver_that_was_not_read_may_be_one_of_vfio),
		TEST(a_display_whose_boot_vga_was_not_read_may_be_the_one),
	};

	return cmocka_run_group_tests_name("no functions", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

static void three_domains_of_a_group_are_named_by_twos(void **state)
{
	struct paper *paper = *state;
	struct domain_device devices[] = {
		hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL)),
		hostdev_of(add_device(paper, "0000:01:00.1", 1, NULL)),
		hostdev_of(add_device(paper, "0000:01:00.2", 1, NULL)),
	};
	const struct domain domains[] = {
		{.name = "a", .devices = &devices[0], .device_count = 1},
		{.name = "b", .devices = &devices[1], .device_count = 1},
		{.name = "c", .devices = &devices[2], .device_count = 1},
	};
	const struct findings *findings = judge_domains(paper, "domain-groups", domains, 3);

	assert_int_equal(findings->count, 2);
	assert_string_equal(
		expect_finding(findings, "domain-groups.shared-group", FINDING_WARN)->summary,
		"a and b use 0000:01:00.0 and 0000:01:00.1, which are in one IOMMU group");
	assert_true(has_evidence(findings->first, "group 1"));
	assert_string_equal(findings->first->subject.id, "b");
	assert_string_equal(findings->first->next->subject.id, "c");
}

static void a_shared_function_says_more_than_a_shared_group(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *first = add_device(paper, "0000:01:00.0", 1, NULL);
	const struct pci_function *second = add_device(paper, "0000:01:00.1", 1, NULL);
	struct domain_device both[] = {hostdev_of(first), hostdev_of(second)};
	const struct domain domains[] = {
		{.name = "a", .devices = both, .device_count = 2},
		{.name = "b", .devices = &both[1], .device_count = 1},
	};
	const struct findings *findings = judge_domains(paper, "domain-groups", domains, 2);

	assert_int_equal(findings->count, 1);
	assert_string_equal(
		expect_finding(findings, "domain-groups.shared-function", FINDING_WARN)->summary,
		"a and b both use 0000:01:00.1");
}

static void a_companion_is_missed_once_however_many_are_used(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *first = add_device(paper, "0000:01:00.0", 1, "a");
	const struct pci_function *second = add_device(paper, "0000:01:00.1", 1, "b");
	const struct pci_function *third = add_device(paper, "0000:02:00.0", 1, "c");
	struct domain_device devices[] = {hostdev_of(first), hostdev_of(second)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	say_companion(paper, first, second);
	say_companion(paper, first, third);
	say_companion(paper, second, first);
	say_companion(paper, second, third);
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-groups.incomplete", FINDING_FAIL,
		"vm uses 0000:01:00.0, but 0000:02:00.0 in its group stays with the host "
		"driver c");
	assert_true(has_evidence(finding, "c"));
	assert_non_null(strstr(finding->remedy, "type='unassigned'"));
}

/* Of libvirt's XML QEMU by itself, Proxmox VE and others know nothing. */
static void without_libvirt_a_companion_is_bound_before_the_guest_starts(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *first = add_device(paper, "0000:01:00.0", 1, "a");
	struct domain_device devices[] = {hostdev_of(first)};
	const struct domain domain = {
		.name = "vm", .other_stack = true, .devices = devices, .device_count = 1};

	say_companion(paper, first, add_device(paper, "0000:01:00.1", 1, "b"));
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-groups.incomplete", FINDING_FAIL,
		"vm uses 0000:01:00.0, but 0000:01:00.1 in its group stays with the host "
		"driver b");
	assert_string_equal(finding->remedy, "Bind the companion to vfio-pci before the guest "
					     "starts, whether the guest gets it or not");
}

/* Says that so many functions of the host hold the group of function. */
static void hold_group(struct paper *paper, const struct pci_function *function, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *address = arena_printf(paper->arena, "0000:%02zx:00.0", i + 2);
		assert_non_null(address);
		say_companion(paper, function, add_device(paper, address, 1, "a"));
	}
}

static void missing_companions_are_each_named_or_counted_together(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = hostdev_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	hold_group(paper, function, MOST_COMPANIONS_LISTED);
	assert_int_equal(judge_domains(paper, "domain-groups", &domain, 1)->count,
			 MOST_COMPANIONS_LISTED);
	say_companion(paper, function, add_device(paper, "0000:80:00.0", 1, "a"));
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-groups.incomplete", FINDING_FAIL,
		"vm uses 0000:01:00.0, but more than 32 others of its group stay with host drivers");
	assert_true(has_evidence(finding, "group 1"));
}

/* To unbind it would take the VF from the guest. */
static void physical_function_of_a_vf_is_not_told_to_leave_its_driver(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "igb");
	struct pci_function *vf = add_device(paper, "0000:01:10.0", 1, NULL);
	struct domain_device device = hostdev_of(vf);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	vf->pf = pf;
	say_companion(paper, vf, pf);
	const struct finding *finding =
		expect_finding(judge_domains(paper, "domain-groups", &domain, 1),
			       "domain-groups.incomplete", FINDING_FAIL);
	assert_null(finding->commands);
	assert_non_null(strstr(finding->remedy, "a VF of another group"));
}

static void functions_in_no_group_share_none(void **state)
{
	struct paper *paper = *state;
	struct pci_function *functions[] = {add_device(paper, "0000:01:00.0", 0, NULL),
					    add_device(paper, "0000:02:00.0", 0, NULL)};
	struct domain_device devices[] = {hostdev_of(functions[0]), hostdev_of(functions[1])};
	const struct domain domains[] = {
		{.name = "a", .devices = &devices[0], .device_count = 1},
		{.name = "b", .devices = &devices[1], .device_count = 1},
	};

	for (size_t i = 0; i < 2; i++)
		functions[i]->group.fact = absent("iommu_group");
	assert_int_equal(judge_domains(paper, "domain-groups", domains, 2)->count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(three_domains_of_a_group_are_named_by_twos),
		TEST(a_shared_function_says_more_than_a_shared_group),
		TEST(a_companion_is_missed_once_however_many_are_used),
		TEST(without_libvirt_a_companion_is_bound_before_the_guest_starts),
		TEST(missing_companions_are_each_named_or_counted_together),
		TEST(physical_function_of_a_vf_is_not_told_to_leave_its_driver),
		TEST(functions_in_no_group_share_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

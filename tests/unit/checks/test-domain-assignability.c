/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

static void a_blocked_function_is_named_with_what_blocks_it(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = hostdev_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	say_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_RESERVED_MEMORY,
		    "firmware keeps memory for it");
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-assignability.blocked", FINDING_FAIL,
		"vm uses 0000:01:00.0, which cannot be assigned to a guest: firmware keeps "
		"memory for it");
	assert_true(has_evidence(finding, "iommu_group"));
	assert_string_equal(finding->commands->text, "passcheck 0000:01:00.0");
	paper->model.assignability.judgements[0] =
		(struct assignable){.verdict = ASSIGNABLE_NOT_A_CANDIDATE};
	expect_domain_finding(paper, &domain, "domain-assignability.blocked", FINDING_FAIL,
			      "vm uses 0000:01:00.0, which cannot be assigned to a guest: it is "
			      "a bridge");
}

static void a_function_of_which_too_little_is_known_is_not_promised(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = hostdev_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	function->group.fact = unreadable("iommu_group", 13);
	say_verdict(paper, function, ASSIGNABLE_UNDETERMINED, BLOCKER_UNKNOWN,
		    "its group could not be read");
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-assignability.undetermined", FINDING_UNKNOWN,
		"vm uses 0000:01:00.0, which may be impossible to assign: its group could not "
		"be read");
	assert_true(has_evidence(finding, "iommu_group"));
	assert_string_equal(finding->remedy, "Run passcheck as root");
}

static void a_function_that_is_named_twice_is_told_once(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device devices[] = {hostdev_of(function), hostdev_of(function)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	say_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_RESERVED_MEMORY,
		    "firmware keeps memory for it");
	assert_int_equal(judge_domains(paper, "domain-assignability", &domain, 1)->count, 1);
}

/* Proxmox VE takes "0000:00:02" for all functions of the slot, and the PF's driver its VFs along.
 */
static void a_slot_whose_pf_goes_with_its_vfs_is_told_how_one_vf_goes(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:00:02.0", 1, NULL);
	struct domain_device device = hostdev_of(pf);
	const struct domain domain = {
		.name = "vm", .other_stack = true, .devices = &device, .device_count = 1};

	say_verdict(paper, pf, ASSIGNABLE_BLOCKED, BLOCKER_VFS_ENABLED, "it has 1 VF enabled");
	add_device(paper, "0000:00:02.1", 2, NULL)->pf = pf;
	for (int whole = 0; whole < 2; whole++) {
		device.whole_slot = whole;
		const struct finding *finding = expect_domain_finding(
			paper, &domain, "domain-assignability.blocked", FINDING_FAIL,
			"vm uses 0000:00:02.0, which cannot be assigned to a guest: it has 1 VF "
			"enabled");
		assert_int_equal(strstr(finding->remedy, "as 0000:00:02.1") != NULL, whole);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_blocked_function_is_named_with_what_blocks_it),
		TEST(a_function_of_which_too_little_is_known_is_not_promised),
		TEST(a_function_that_is_named_twice_is_told_once),
		TEST(a_slot_whose_pf_goes_with_its_vfs_is_told_how_one_vf_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

enum { GOOD = ACS_REQUIRED, SLOT_IMPLEMENTED = 1 << 8, ATS_ENABLE = 1u << 31 };

static struct findings *judge_isolation(struct paper *paper)
{
	return judge(paper->arena, "isolation", &paper->host);
}

/* A root port that isolates and has a slot. */
static struct pci_function *add_slot(struct paper *paper, const char *name)
{
	struct pci_function *port = add_express(paper, name, NULL, EXPRESS_ROOT_PORT);

	set_config32(port, 0x40, 0x10 | (2u | EXPRESS_ROOT_PORT << 4 | SLOT_IMPLEMENTED) << 16);
	set_acs(port, GOOD, GOOD);
	return port;
}

/* A port that does not isolate, and two devices below it, in slots of a bus behind it. */
static struct pci_function *add_shared(struct paper *paper)
{
	struct pci_function *port = add_express(paper, "0000:00:1d.0", NULL, EXPRESS_ROOT_PORT);

	add_express(paper, "0000:05:00.0", port, EXPRESS_ENDPOINT);
	add_express(paper, "0000:05:01.0", port, EXPRESS_ENDPOINT);
	return port;
}

static void shared_group_names_its_culprit(void **state)
{
	add_shared(*state);
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN);

	assert_string_equal(finding->summary,
			    "0000:05:00.0, 0000:05:01.0 would share a group because "
			    "0000:00:1d.0 has no ACS capability");
}

/* What the kernel has done and what its rules would give are told apart. */
static void a_group_that_the_kernel_has_formed_is_no_prediction(void **state)
{
	static const struct {
		const char *groups[2];
		size_t count;
		const char *words;
	} rows[] = {
		{{"0000:00:1d.0 0000:05:00.0 0000:05:01.0"}, 1, "0000:05:01.0 share a group"},
		{{"0000:00:1d.0 0000:05:00.0"}, 1, "0000:05:01.0 would share a group"},
		{{"0000:00:1d.0 0000:05:00.0", "0000:05:01.0"},
		 2,
		 "0000:05:01.0 would share a group"},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].groups[0]);
		paper_reset(*state);
		add_shared(*state);
		add_groups(*state, rows[i].groups, rows[i].count);
		assert_non_null(strstr(expect_finding(judge_isolation(*state),
						      "isolation.shared-group", FINDING_WARN)
					       ->summary,
				       rows[i].words));
	}
}

static void a_vf_alone_in_its_group_shares_it_with_no_one(void **state)
{
	struct pci_function *port = add_slot(*state, "0000:00:1c.0");
	struct pci_function *pf = add_express(*state, "0000:05:00.0", port, EXPRESS_ENDPOINT);

	make_vf(add_express(*state, "0000:05:00.1", port, EXPRESS_ENDPOINT), pf);
	expect_finding(judge_isolation(*state), "isolation.isolated", FINDING_PASS);
}

static void slots_that_isolate_come_first_among_remedies(void **state)
{
	add_slot(*state, "0000:00:1c.0");
	add_shared(*state);
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN);

	assert_non_null(strstr(finding->remedy, "0000:00:1c.0 (empty)"));
	assert_non_null(strstr(finding->remedy, "firmware"));
}

/* Not what has a bridge beside it, as the functions of a chipset have. */
static void what_moves_to_such_a_slot_is_named(void **state)
{
	static const struct {
		uint32_t slot;
		const char *second, *words;
	} rows[] = {
		{SLOT_IMPLEMENTED, NULL, "Move 0000:05:00.0 to a slot"},
		{SLOT_IMPLEMENTED, "0000:05:01.0", "Move one of 0000:05:00.0, 0000:05:01.0 to a"},
		{0, NULL, "Move a device to a slot"},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct paper *paper = *state;
		test_row("%s", rows[i].words);
		paper_reset(paper);
		add_slot(paper, "0000:00:1c.0");
		struct pci_function *port =
			add_express(paper, "0000:00:1d.0", NULL, EXPRESS_ROOT_PORT);
		set_config32(port, 0x40, 0x10 | (2u | EXPRESS_ROOT_PORT << 4 | rows[i].slot) << 16);
		add_express(paper, "0000:05:00.0", port, EXPRESS_ENDPOINT);
		add_express(paper, "0000:05:00.1", port, EXPRESS_ENDPOINT);
		if (rows[i].second)
			add_express(paper, rows[i].second, port, EXPRESS_ENDPOINT);
		add_express(paper, "0000:05:02.0", port, EXPRESS_ENDPOINT);
		add_express(paper, "0000:05:02.1", port, EXPRESS_UPSTREAM_PORT);
		const struct finding *finding = expect_finding(
			judge_isolation(paper), "isolation.shared-group", FINDING_WARN);
		assert_non_null(strstr(finding->remedy, rows[i].words));
	}
}

/* vfio-pci refuses a PF that has VFs, and without it nothing of its group goes to a guest. */
static void vfs_of_the_group_go_before_it_is_assigned(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_shared(paper);
	struct pci_function *pf = add_express(paper, "0000:05:02.0", port, EXPRESS_ENDPOINT);

	pf->sriov.numvfs = (struct fact_number){known("sriov_numvfs"), 2};
	assert_non_null(strstr(
		expect_finding(judge_isolation(paper), "isolation.shared-group", FINDING_WARN)
			->remedy,
		"take the VFs of 0000:05:02.0 away and assign the whole group to one guest"));
}

/* A boot disk in the group: the group as a whole is no way out. */
static void a_group_that_the_host_needs_is_not_to_be_given_away(void **state)
{
	struct usage_entry entry = {
		.kind = USAGE_MOUNT,
		.what = "/",
		.through = "sda1",
		.path = "/sys/devices/pci0000:00/0000:00:1d.0/0000:05:01.0/block/sda",
		.source = "/proc/self/mountinfo"};
	struct paper *paper = *state;

	add_slot(paper, "0000:00:1c.0");
	add_shared(paper);
	assert_non_null(strstr(
		expect_finding(judge_isolation(paper), "isolation.shared-group", FINDING_WARN)
			->remedy,
		"or assign the whole group to one guest"));
	paper->host.usage.entries = &entry;
	paper->host.usage.count = 1;
	const struct finding *finding =
		expect_finding(judge_isolation(paper), "isolation.shared-group", FINDING_WARN);
	assert_null(strstr(finding->remedy, "whole group"));
	assert_non_null(strstr(finding->remedy, "0000:00:1c.0 (empty); otherwise look for an ACS"));
	assert_non_null(strstr(finding->remedy,
			       "or move what the host has on 0000:05:01.0 to "
			       "other hardware: until then nothing of the group "));
}

static void slot_that_is_taken_is_said_to_be(void **state)
{
	struct pci_function *port = add_slot(*state, "0000:00:1c.0");

	add_shared(*state);
	add_express(*state, "0000:06:00.0", port, EXPRESS_ENDPOINT);
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN);

	assert_non_null(strstr(finding->remedy, "0000:00:1c.0 (taken by 0000:06:00.0)"));
}

/* Who moves a device there has to know what would make room. */
static void slot_of_what_the_host_needs_is_said_to_be(void **state)
{
	struct paper *paper = *state;
	struct usage_entry entry = {.kind = USAGE_MOUNT,
				    .what = "/",
				    .through = "sda1",
				    .source = "/proc/self/mountinfo"};
	struct pci_function *port = add_slot(paper, "0000:00:1c.0");

	add_shared(paper);
	add_express(paper, "0000:06:00.0", port, EXPRESS_ENDPOINT);
	entry.path = "/sys/devices/pci0000:00/0000:00:1c.0/0000:06:00.0/block/sda";
	paper->host.usage.entries = &entry;
	paper->host.usage.count = 1;
	assert_non_null(strstr(
		expect_finding(judge_isolation(paper), "isolation.shared-group", FINDING_WARN)
			->remedy,
		"(taken by 0000:06:00.0, which the host needs for the file system / (sda1))"));
}

/* A host bridge that only makes the slot one of several functions, as AMD's chipsets have it, with
 * a root port beside it, and a switch below that: neither has ACS. */
static void topmost_port_that_fails_is_the_culprit(void **state)
{
	make_multifunction(add_function(*state, "0000:00:01.0", NULL));
	struct pci_function *root = add_express(*state, "0000:00:01.1", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *up = add_express(*state, "0000:01:00.0", root, EXPRESS_UPSTREAM_PORT);
	struct pci_function *down =
		add_express(*state, "0000:02:00.0", up, EXPRESS_DOWNSTREAM_PORT);

	add_express(*state, "0000:03:00.0", down, EXPRESS_ENDPOINT);
	add_express(*state, "0000:03:01.0", down, EXPRESS_ENDPOINT);
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN);

	assert_non_null(strstr(finding->summary, "because 0000:00:01.1 has no ACS capability"));
}

/* The port isolates, and the bridge in its slot does not: moving a device there is no way out. */
static void slot_above_the_group_is_not_offered(void **state)
{
	struct pci_function *port = add_slot(*state, "0000:00:1c.0");
	struct pci_function *bridge =
		add_express(*state, "0000:05:00.0", port, EXPRESS_TO_PCI_BRIDGE);

	add_function(*state, "0000:06:00.0", bridge);
	add_function(*state, "0000:06:01.0", bridge);
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN);

	assert_null(strstr(finding->remedy, "0000:00:1c.0"));
}

static void missing_bits_are_named(void **state)
{
	add_unit(*state, "dmar0", IOMMU_VTD);
	set_acs(add_shared(*state), GOOD, ACS_SV | ACS_UF);
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN);

	assert_non_null(strstr(finding->summary, "has ACS bits off: RR CR"));
}

static void config_acs_is_offered_to_kernels_that_have_it(void **state)
{
	struct paper *paper = *state;

	add_unit(*state, "dmar0", IOMMU_VTD);
	set_acs(add_shared(*state), GOOD, 0);
	assert_null(expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN)
			    ->commands);
	paper_kernel(paper, "6.12.40");
	assert_string_equal(
		expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN)
			->commands->text,
		"pci=config_acs=xx111x1@0000:00:1d.0");
}

static void option_that_took_redirection_is_the_remedy(void **state)
{
	set_acs(add_shared(*state), GOOD, GOOD);
	paper_command_line(*state, "pci=disable_acs_redir=00:1d.0");
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.shared-group", FINDING_WARN);

	assert_non_null(strstr(finding->remedy, "disable_acs_redir"));
}

static void functions_of_one_slot_are_one_device(void **state)
{
	make_multifunction(add_function(*state, "0000:00:1f.0", NULL));
	add_function(*state, "0000:00:1f.3", NULL);
	struct findings *findings = judge_isolation(*state);

	expect_finding(findings, "isolation.one-device", FINDING_PASS);
	expect_finding(findings, "isolation.isolated", FINDING_PASS);
	assert_null(finding_of(findings, "isolation.shared-group"));
}

static void unread_port_is_unknown_and_says_what_settles_it(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	hide_capabilities(add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT));
	hide_capabilities(port);
	struct findings *findings = judge_isolation(*state);
	const struct finding *finding =
		expect_finding(findings, "isolation.unknown", FINDING_UNKNOWN);
	assert_non_null(finding->remedy);
	assert_null(finding_of(findings, "isolation.isolated"));
}

static void evidence_of_an_unknown_group_is_of_the_function_that_leaves_it_so(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	hide_capabilities(port);
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.unknown", FINDING_UNKNOWN);
	assert_string_equal(finding->subject.id, "0000:01:00.0");
	assert_string_equal(finding->evidence->source, port->config.fact.source);
	assert_int_equal(finding->evidence->state, FACT_UNREADABLE);
}

static void groups_that_agree_are_no_news(void **state)
{
	static const char *const groups[] = {"0000:00:1c.0", "0000:01:00.0"};
	struct pci_function *port = add_slot(*state, "0000:00:1c.0");

	add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	add_groups(*state, groups, 2);
	struct findings *findings = judge_isolation(*state);
	assert_null(finding_of(findings, "isolation.differs"));
	expect_finding(findings, "isolation.isolated", FINDING_PASS);
}

static void larger_group_than_predicted_is_news(void **state)
{
	static const char *const groups[] = {"0000:00:1c.0 0000:01:00.0"};
	struct pci_function *port = add_slot(*state, "0000:00:1c.0");

	add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	add_groups(*state, groups, 1);
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.differs", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "also holds 0000:01:00.0"));
}

static void larger_group_is_told_of_once(void **state)
{
	static const char *const groups[] = {"0000:00:1c.0 0000:01:00.0"};
	struct pci_function *port = add_slot(*state, "0000:00:1c.0");

	add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	add_groups(*state, groups, 1);
	const struct finding *finding = finding_of(judge_isolation(*state), "isolation.differs");
	assert_non_null(finding);
	for (; finding->next; finding = finding->next)
		assert_string_not_equal(finding->next->kind->id, "isolation.differs");
}

static void smaller_group_under_the_override_is_overridden(void **state)
{
	static const char *const groups[] = {"0000:00:1d.0", "0000:05:00.0", "0000:05:01.0"};

	add_shared(*state);
	add_groups(*state, groups, 3);
	paper_command_line(*state, "pcie_acs_override=downstream");
	const struct finding *finding =
		expect_finding(judge_isolation(*state), "isolation.overridden", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "lacks 0000:05:00.0, 0000:05:01.0"));
}

/* Below a root port whose ACS is off now, a device in each of the kernel's groups. */
static const struct finding *judge_stale(struct paper *paper)
{
	static const char *const groups[] = {"0000:00:1d.0", "0000:05:00.0", "0000:05:01.0"};

	set_acs(add_shared(paper), GOOD, 0);
	add_groups(paper, groups, 3);
	return finding_of(judge_isolation(paper), "isolation.stale-group");
}

static void acs_switched_off_after_boot_makes_groups_stale(void **state)
{
	assert_non_null(judge_stale(*state));
	struct findings *findings = judge_isolation(*state);
	const struct finding *finding =
		expect_finding(findings, "isolation.stale-group", FINDING_FAIL);

	assert_string_equal(finding->subject.id, "1");
	assert_non_null(strstr(finding->summary, "ACS bits of 0000:00:1d.0 are off since boot"));
	assert_non_null(strstr(finding->summary,
			       ", and group 1 is out of date: 0000:05:00.0 reaches 0000:05:01.0"));
	assert_true(finding->spares_host);
	assert_null(finding_of(findings, "isolation.shared-group"));
	assert_null(finding_of(findings, "isolation.differs"));
	assert_null(finding_of(findings, "isolation.isolated"));
}

static void each_of_the_kernels_groups_with_a_device_is_stale(void **state)
{
	const struct finding *first = judge_stale(*state);

	assert_non_null(first->next);
	assert_string_equal(first->next->kind->id, "isolation.stale-group");
	assert_string_equal(first->next->subject.id, "2");
}

/* What the command line keeps off was off at boot. */
static void acs_that_the_command_line_keeps_off_is_not_stale(void **state)
{
	paper_command_line(*state, "pci=disable_acs_redir=00:1d.0");
	assert_null(judge_stale(*state));
}

static void groups_under_the_override_are_not_stale(void **state)
{
	paper_command_line(*state, "pcie_acs_override=downstream");
	assert_null(judge_stale(*state));
}

struct kernel_case {
	const char *release;
	const char *words;
};

static const struct kernel_case kernel_cases[] = {
	{"6.12.75-1-lts", "6.12.75-1-lts is known"},
	{"6.12.77", "6.12.77 is known"},
	{"6.8.0-110-generic", "6.8.0-110-generic is known"},
	{"6.12.78", "Boot another kernel"},
	{"6.12.7-arch1", "some form larger groups"},
	{"6.8.12-4-pve", "some form larger groups"},
};

static void kernel_that_forms_larger_groups_is_named(void **state)
{
	static const char *const groups[] = {"0000:00:1c.0 0000:01:00.0"};
	struct pci_function *port = add_slot(*state, "0000:00:1c.0");

	add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	add_groups(*state, groups, 1);
	for (size_t i = 0; i < sizeof(kernel_cases) / sizeof(kernel_cases[0]); i++) {
		test_row("%s", kernel_cases[i].release);
		paper_kernel(*state, kernel_cases[i].release);
		const struct finding *finding =
			expect_finding(judge_isolation(*state), "isolation.differs", FINDING_WARN);
		if (!strstr(finding->remedy, kernel_cases[i].words))
			fail_msg("%s: %s", kernel_cases[i].release, finding->remedy);
	}
}

/* Two downstream ports of a switch, each with a device below it. */
static void add_switch(struct paper *paper, uint16_t acs)
{
	struct pci_function *root = add_slot(paper, "0000:00:1c.0");
	struct pci_function *up = add_express(paper, "0000:01:00.0", root, EXPRESS_UPSTREAM_PORT);
	struct pci_function *ports[] = {
		add_express(paper, "0000:02:00.0", up, EXPRESS_DOWNSTREAM_PORT),
		add_express(paper, "0000:02:01.0", up, EXPRESS_DOWNSTREAM_PORT),
	};

	add_express(paper, "0000:03:00.0", ports[0], EXPRESS_ENDPOINT);
	add_express(paper, "0000:04:00.0", ports[1], EXPRESS_ENDPOINT);
	if (!acs)
		return;
	set_acs(ports[0], acs, acs);
	set_acs(ports[1], acs, acs);
}

static void switch_without_acs_leaks_between_its_groups(void **state)
{
	struct paper *paper = *state;

	add_switch(*state, 0);
	struct findings *findings = judge(paper->arena, "isolation-weak", &paper->host);
	const struct finding *finding =
		expect_finding(findings, "isolation-weak.peer-to-peer", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "0000:02:00.0 and 0000:02:01.0"));
}

static void switch_with_acs_does_not_leak(void **state)
{
	struct paper *paper = *state;

	add_switch(*state, GOOD);
	assert_int_equal(judge(paper->arena, "isolation-weak", &paper->host)->count, 0);
}

static void ats_below_a_port_that_does_not_redirect_is_weak(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_slot(*state, "0000:00:1c.0");
	struct pci_function *function = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);

	set_config32(function, 0x100, 1 << 16 | 0x0f);
	set_config32(function, 0x104, ATS_ENABLE);
	assert_int_equal(judge(paper->arena, "isolation-weak", &paper->host)->count, 0);
	set_acs(port, GOOD, ACS_SV | ACS_UF);
	expect_finding(judge(paper->arena, "isolation-weak", &paper->host), "isolation-weak.ats",
		       FINDING_WARN);
}

static void first_function_behind_an_external_port_is_named(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_slot(*state, "0000:00:07.0");
	struct pci_function *up = add_express(*state, "0000:03:00.0", port, EXPRESS_UPSTREAM_PORT);
	struct pci_function *below =
		add_express(*state, "0000:04:00.0", up, EXPRESS_DOWNSTREAM_PORT);

	set_acs(below, GOOD, GOOD);
	up->removable = below->removable = known_text("removable", "removable");
	struct findings *findings = judge(paper->arena, "isolation-weak", &paper->host);
	assert_int_equal(findings->count, 1);
	assert_string_equal(
		expect_finding(findings, "isolation-weak.external", FINDING_WARN)->subject.id,
		"0000:03:00.0");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(shared_group_names_its_culprit),
		TEST(a_group_that_the_kernel_has_formed_is_no_prediction),
		TEST(a_vf_alone_in_its_group_shares_it_with_no_one),
		TEST(slots_that_isolate_come_first_among_remedies),
		TEST(what_moves_to_such_a_slot_is_named),
		TEST(a_group_that_the_host_needs_is_not_to_be_given_away),
		TEST(vfs_of_the_group_go_before_it_is_assigned),
		TEST(slot_that_is_taken_is_said_to_be),
		TEST(slot_of_what_the_host_needs_is_said_to_be),
		TEST(topmost_port_that_fails_is_the_culprit),
		TEST(slot_above_the_group_is_not_offered),
		TEST(missing_bits_are_named),
		TEST(config_acs_is_offered_to_kernels_that_have_it),
		TEST(option_that_took_redirection_is_the_remedy),
		TEST(functions_of_one_slot_are_one_device),
		TEST(unread_port_is_unknown_and_says_what_settles_it),
		TEST(evidence_of_an_unknown_group_is_of_the_function_that_leaves_it_so),
		TEST(groups_that_agree_are_no_news),
		TEST(larger_group_than_predicted_is_news),
		TEST(larger_group_is_told_of_once),
		TEST(smaller_group_under_the_override_is_overridden),
		TEST(acs_switched_off_after_boot_makes_groups_stale),
		TEST(each_of_the_kernels_groups_with_a_device_is_stale),
		TEST(acs_that_the_command_line_keeps_off_is_not_stale),
		TEST(groups_under_the_override_are_not_stale),
		TEST(kernel_that_forms_larger_groups_is_named),
		TEST(switch_without_acs_leaks_between_its_groups),
		TEST(switch_with_acs_does_not_leak),
		TEST(first_function_behind_an_external_port_is_named),
		TEST(ats_below_a_port_that_does_not_redirect_is_weak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

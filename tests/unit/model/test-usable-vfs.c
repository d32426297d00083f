/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/usable_vfs.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/predict.h"

enum { TOTAL = 8 };

/* A PF below a root port on a host whose budget a test says. */
struct pair {
	struct paper *paper;
	struct pci_function *port;
	struct pci_function *pf;
	struct vf_budget budget;
	struct interrupt_remapping interrupts;
	struct vfio_modules modules;
};

static struct pair make_pair_below(struct paper *paper, uint16_t acs)
{
	struct pair pair = {
		.paper = paper,
		.interrupts.attaches = BOOLEAN_YES,
		.modules.items = {{.state = VFIO_MODULE_THERE}, {.state = VFIO_MODULE_THERE}},
	};

	pair.port = add_express(paper, "0000:00:02.0", NULL, EXPRESS_ROOT_PORT);
	pair.pf = add_express(paper, "0000:01:00.0", pair.port, EXPRESS_ENDPOINT);
	set_ids(pair.pf, 0x8086, 0x1521);
	if (acs)
		set_acs(pair.port, acs, acs);
	pair.budget = (struct vf_budget){
		.function = pair.pf,
		.capability = {.total_vfs = TOTAL, .first_vf_offset = 0x100, .vf_stride = 1},
		.at_least = TOTAL,
		.at_most = TOTAL,
	};
	return pair;
}

static struct pair make_pair(struct paper *paper)
{
	return make_pair_below(paper, ACS_REQUIRED);
}

static struct usable_grounds grounds_of(const struct pair *pair, const struct vf_budgets *budgets)
{
	struct paper *paper = pair->paper;

	return (struct usable_grounds){.host = &paper->host,
				       .budgets = budgets,
				       .isolation = &paper->model.isolation,
				       .assignability = &paper->model.assignability,
				       .interrupts = &pair->interrupts,
				       .vfio_modules = &pair->modules};
}

static struct usable_vfs count_usable(struct pair *pair)
{
	struct paper *paper = pair->paper;
	const struct usable_grounds grounds = grounds_of(pair, NULL);

	predict_groups(paper);
	return usable_vfs_count(&grounds, &pair->budget, paper->arena);
}

static void expect_usable(struct pair *pair, uint32_t at_least, uint32_t at_most, const char *limit)
{
	struct usable_vfs usable = count_usable(pair);

	assert_int_equal(usable.at_least, at_least);
	assert_int_equal(usable.at_most, at_most);
	assert_string_equal(usable_vfs_limit_name(&usable), limit);
	assert_non_null(usable.why);
}

static void all_can_go_below_a_port_that_isolates(void **state)
{
	struct pair pair = make_pair(*state);

	expect_usable(&pair, TOTAL, TOTAL, "total_vfs");
}

static void none_can_go_below_a_port_that_does_not(void **state)
{
	struct pair pair = make_pair_below(*state, 0);

	expect_usable(&pair, 0, 0, "group");
}

static void a_port_that_was_not_read_leaves_it_open(void **state)
{
	struct pair pair = make_pair(*state);

	hide_capabilities(pair.port);
	expect_usable(&pair, 0, TOTAL, "group");
}

static void other_architectures_have_other_groups_than_those_of_ports(void **state)
{
	struct pair pair = make_pair_below(*state, 0);

	pair.paper->host.cpu.architecture = "ppc64";
	expect_usable(&pair, 0, TOTAL, "group");
	pair.paper->host.cpu.architecture = "s390x";
	expect_usable(&pair, TOTAL, TOTAL, "total_vfs");
}

static void none_can_go_whose_kind_vfio_denies(void **state)
{
	struct pair pair = make_pair(*state);

	pair.budget.capability.vf_device_id = 0x37c9;
	pair.paper->model.assignability.denylist_disabled = BOOLEAN_NO;
	expect_usable(&pair, 0, 0, "denylist");
	pair.paper->model.assignability.denylist_disabled = BOOLEAN_YES;
	expect_usable(&pair, TOTAL, TOTAL, "total_vfs");
}

static void none_can_go_that_the_port_does_not_reach_without_ari(void **state)
{
	struct pair pair = make_pair(*state);

	pair.budget.capability.first_vf_offset = 0x80;
	expect_usable(&pair, 0, 0, "ari");
}

static void none_can_go_without_an_iommu(void **state)
{
	struct pair pair = make_pair(*state);

	say_verdict(pair.paper, pair.pf, ASSIGNABLE_BLOCKED, BLOCKER_REMAPPING_OFF, "off");
	expect_usable(&pair, 0, 0, "iommu");
}

static void none_can_go_where_vfio_lacks_a_module(void **state)
{
	struct pair pair = make_pair(*state);
	struct vfio_module *module = &pair.modules.items[VFIO_MODULE_MEMORY];

	*module = (struct vfio_module){.state = VFIO_MODULE_MISSING, .why = "it is missing"};
	expect_usable(&pair, 0, 0, "vfio");
	*module = (struct vfio_module){.state = VFIO_MODULE_UNKNOWN, .why = "it may be missing"};
	expect_usable(&pair, 0, TOTAL, "vfio");
}

static void what_a_driver_may_refuse_is_certain_up_to_what_it_takes(void **state)
{
	static const struct vf_driver driver = {.name = "ixgbe", .has_hook = true};
	struct pair pair = make_pair(*state);

	pair.budget.driver = &driver;
	pair.budget.driver_may_refuse = "shares them";
	pair.budget.driver_takes = 3;
	expect_usable(&pair, 3, TOTAL, "total_vfs");
	struct usable_vfs usable = count_usable(&pair);
	assert_int_equal(usable_vfs_allow(&usable, 3), VF_ANSWER_YES);
	assert_int_equal(usable_vfs_allow(&usable, 4), VF_ANSWER_UNKNOWN);
	assert_int_equal(usable_vfs_allow(&usable, TOTAL + 1), VF_ANSWER_NO);
}

static void vfs_that_exist_are_counted_by_their_groups(void **state)
{
	struct pair pair = make_pair(*state);
	struct pci_function *vf = add_express(pair.paper, "0000:01:10.0", pair.port, 0);

	make_vf(vf, pair.pf);
	pair.budget.vfs = (const struct pci_function **)&vf;
	pair.budget.vf_count = 1;
	set_group(pair.pf, 4);
	set_group(vf, 5);
	expect_usable(&pair, TOTAL, TOTAL, "total_vfs");
	set_group(vf, 4);
	expect_usable(&pair, 0, 0, "group");
}

/* While no IOMMU runs there is no group, and what isolates decides which will be. */
static void vfs_without_groups_are_counted_by_those_to_come(void **state)
{
	struct pair pair = make_pair_below(*state, 0);
	struct pci_function *vf = add_express(pair.paper, "0000:01:10.0", pair.port, 0);

	make_vf(vf, pair.pf);
	pair.budget.vfs = (const struct pci_function **)&vf;
	pair.budget.vf_count = 1;
	expect_usable(&pair, 0, 0, "group");
	set_acs(pair.port, ACS_REQUIRED, ACS_REQUIRED);
	expect_usable(&pair, TOTAL, TOTAL, "total_vfs");
}

static void a_vf_without_a_vgpu_profile_does_not_count_for_certain(void **state)
{
	struct blocker unset = {.kind = BLOCKER_VGPU_PROFILE, .why = "it has no vGPU profile yet"};
	struct pair pair = make_pair(*state);
	struct pci_function *vfs[] = {add_express(pair.paper, "0000:01:10.0", pair.port, 0),
				      add_express(pair.paper, "0000:01:10.1", pair.port, 0)};
	const struct pci_function *made[] = {vfs[0], vfs[1]};

	for (size_t i = 0; i < ARRAY_LENGTH(vfs); i++) {
		make_vf(vfs[i], pair.pf);
		set_group(vfs[i], (uint32_t)i + 5);
	}
	set_group(pair.pf, 4);
	pair.budget.vfs = made;
	pair.budget.vf_count = pair.budget.at_least = pair.budget.at_most = 2;
	expect_usable(&pair, 2, 2, "total_vfs");
	pair.paper->model.assignability.judgements[vfs[1] - pair.paper->host.pci.functions]
		.blockers = &unset;
	expect_usable(&pair, 1, 2, "vgpu_profile");
	pair.paper->model.assignability.judgements[vfs[0] - pair.paper->host.pci.functions]
		.missing = &unset;
	expect_usable(&pair, 0, 2, "vgpu_profile");
}

/* One of the two has a profile. */
static void vfs_that_are_offered_no_profile_do_not_count(void **state)
{
	struct blocker unset = {.kind = BLOCKER_VGPU_PROFILE, .why = "it has no vGPU profile yet"};
	struct pair pair = make_pair(*state);
	struct pci_function *vfs[] = {add_express(pair.paper, "0000:01:10.0", pair.port, 0),
				      add_express(pair.paper, "0000:01:10.1", pair.port, 0),
				      add_express(pair.paper, "0000:01:10.2", pair.port, 0)};
	const struct pci_function *made[] = {vfs[0], vfs[1], vfs[2]};

	set_group(pair.pf, 4);
	for (size_t i = 0; i < ARRAY_LENGTH(vfs); i++) {
		make_vf(vfs[i], pair.pf);
		set_group(vfs[i], (uint32_t)i + 5);
		set_driver(vfs[i], "nvidia");
		vfs[i]->vgpu_type = (struct fact_number){.fact = known("current_vgpu_type"),
							 .value = i == 0 ? 557 : 0};
		vfs[i]->vgpu_types = known_text("creatable_vgpu_types", "ID : NAME\n");
		if (i > 0)
			pair.paper->model.assignability
				.judgements[vfs[i] - pair.paper->host.pci.functions]
				.blockers = &unset;
	}
	pair.budget.vfs = made;
	pair.budget.vf_count = pair.budget.at_least = pair.budget.at_most = ARRAY_LENGTH(vfs);
	expect_usable(&pair, 1, 1, "vgpu_profile");
	/* Were more made, the card would offer them as little. */
	pair.budget.at_most = TOTAL;
	expect_usable(&pair, 1, 1, "vgpu_profile");
	vfs[2]->vgpu_types = known_text("creatable_vgpu_types", "ID : NAME\n557 : L40S-1B\n");
	expect_usable(&pair, 1, TOTAL, "vgpu_profile");
	vfs[2]->vgpu_types.fact = unreadable("creatable_vgpu_types", EACCES);
	expect_usable(&pair, 1, TOTAL, "vgpu_profile");
}

struct mend_case {
	enum blocker_kind blocker; /* BLOCKER_UNKNOWN: none */
	enum interrupts_cause cause;
	bool module_lacks; /* for good, whatever the command line says */
	bool module_refused;
	struct usable_mends mends;
	const char *limit;
};

static const struct mend_case mend_cases[] = {
	{BLOCKER_REMAPPING_OFF, 0, false, false, {0}, "iommu"},
	{BLOCKER_REMAPPING_OFF, 0, false, false, {.iommu = true}, "total_vfs"},
	{BLOCKER_REMAPPING_OFF, 0, false, false, {.modules = true}, "iommu"},
	{BLOCKER_INTERRUPTS, 0, false, false, {.iommu = true}, "total_vfs"},
	{BLOCKER_INTERRUPTS, INTERRUPTS_CAUSE_CONTROLLER, false, false, {.iommu = true}, "iommu"},
	{BLOCKER_COHERENCY, 0, false, false, {.iommu = true}, "iommu"},
	{BLOCKER_REMAPPING_OFF, 0, true, false, {.iommu = true}, "vfio"},
	{BLOCKER_REMAPPING_OFF, 0, false, true, {.iommu = true}, "vfio"},
	{BLOCKER_REMAPPING_OFF, 0, false, true, {.iommu = true, .modules = true}, "total_vfs"},
	{BLOCKER_REMAPPING_OFF, 0, true, true, {.iommu = true, .modules = true}, "vfio"},
};

static void what_steps_put_right_leaves_the_rest_to_be_counted(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(mend_cases); i++) {
		const struct mend_case *row = &mend_cases[i];
		struct pair pair = make_pair(*state);
		struct paper *paper = pair.paper;
		const struct vf_budget *budgets[] = {NULL, &pair.budget};
		const struct vf_budgets all = {.host = &paper->host,
					       .budgets = (struct vf_budget **)budgets};

		test_row("%zu", i);
		say_verdict(paper, pair.pf, ASSIGNABLE_BLOCKED, row->blocker, "amiss");
		pair.interrupts.cause = row->cause;
		if (row->module_lacks)
			pair.modules.items[VFIO_MODULE_DRIVER].state = VFIO_MODULE_MISSING;
		if (row->module_refused)
			pair.modules.items[VFIO_MODULE_MEMORY] = (struct vfio_module){
				.state = VFIO_MODULE_REFUSED, .by_command_line = true};
		predict_groups(paper);
		const struct usable_counts counts = {.grounds = grounds_of(&pair, &all)};
		struct usable_vfs usable =
			usable_vfs_once_mended(&counts, pair.pf, &row->mends, paper->arena);
		assert_string_equal(usable_vfs_limit_name(&usable), row->limit);
		paper_reset(paper);
	}
}

static void firmware_that_offers_none_is_named(void **state)
{
	struct pair pair = make_pair(*state);

	pair.budget.at_least = pair.budget.at_most = 0;
	expect_usable(&pair, 0, 0, "firmware");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, paper_setup, paper_teardown)

static void interrupts_that_may_not_be_remapped_leave_it_open(void **state)
{
	struct pair pair = make_pair(*state);

	pair.interrupts = (struct interrupt_remapping){
		.attaches = BOOLEAN_UNKNOWN,
		.words = "cannot tell whether interrupts are remapped",
	};
	expect_usable(&pair, 0, TOTAL, "iommu");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(interrupts_that_may_not_be_remapped_leave_it_open),
		TEST(all_can_go_below_a_port_that_isolates),
		TEST(none_can_go_below_a_port_that_does_not),
		TEST(a_port_that_was_not_read_leaves_it_open),
		TEST(other_architectures_have_other_groups_than_those_of_ports),
		TEST(none_can_go_whose_kind_vfio_denies),
		TEST(none_can_go_that_the_port_does_not_reach_without_ari),
		TEST(none_can_go_without_an_iommu),
		TEST(none_can_go_where_vfio_lacks_a_module),
		TEST(what_a_driver_may_refuse_is_certain_up_to_what_it_takes),
		TEST(vfs_that_exist_are_counted_by_their_groups),
		TEST(firmware_that_offers_none_is_named),
		TEST(a_vf_without_a_vgpu_profile_does_not_count_for_certain),
		TEST(vfs_that_are_offered_no_profile_do_not_count),
		TEST(vfs_without_groups_are_counted_by_those_to_come),
		TEST(what_steps_put_right_leaves_the_rest_to_be_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

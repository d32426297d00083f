/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/companions.h"

#include <errno.h>

#include "model/assign/leaving.h"
#include "model/model.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

static struct model *model_of(struct paper *paper)
{
	struct model *model = arena_alloc(paper->arena, sizeof(*model));

	assert_non_null(model);
	model_build(&paper->host, paper->arena, model);
	assert_false(arena_failed(paper->arena));
	return model;
}

static struct companion_list list_of(struct paper *paper, const struct pci_function *function)
{
	return companions_of(&model_of(paper)->companions, function);
}

/* Two functions of one slot that do not isolate from one another, in no group yet. */
struct pair {
	struct pci_function *function;
	struct pci_function *other;
};

static struct pair add_pair(struct paper *paper)
{
	struct pair pair = {
		.function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT),
		.other = add_express(paper, "0000:01:00.1", NULL, EXPRESS_ENDPOINT),
	};

	make_multifunction(pair.function);
	make_multifunction(pair.other);
	return pair;
}

static void while_there_are_no_groups_those_predicted_tell(void **state)
{
	struct pair pair = add_pair(*state);

	set_driver(pair.function, "snd_hda_intel");
	set_driver(pair.other, "nvidia");
	struct companion_list list = list_of(*state, pair.function);
	assert_int_equal(list.count, 1);
	assert_ptr_equal(list.functions[0], pair.other);
	assert_null(list.doubts);
}

/* Each is in a group of its own there, which no IOMMU makes. */
static void of_groups_of_noiommu_mode_those_predicted_tell(void **state)
{
	struct paper *paper = *state;
	struct pair pair = add_pair(paper);

	add_group(paper, 0, pair.function->name, NULL)->name = known_text("name", "vfio-noiommu");
	pair.function->group = (struct fact_number){known("iommu_group"), 0};
	pair.function->iommu.fact = absent("iommu");
	set_driver(pair.function, "vfio-pci");
	set_driver(pair.other, "nvidia");
	struct companion_list list = list_of(paper, pair.function);
	assert_int_equal(list.count, 1);
	assert_ptr_equal(list.functions[0], pair.other);
}

static void a_group_whose_first_member_was_not_read_is_none_of_noiommu_mode(void **state)
{
	struct paper *paper = *state;
	struct pair pair = add_pair(paper);

	add_group(paper, 0, pair.function->name, pair.other->name);
	pair.function->group.fact = unreadable("iommu_group", EACCES);
	pair.other->group = (struct fact_number){known("iommu_group"), 0};
	set_driver(pair.function, "nvidia");
	assert_int_equal(list_of(paper, pair.other).count, 1);
}

static void what_no_host_driver_holds_is_no_companion(void **state)
{
	struct pair pair = add_pair(*state);

	assert_int_equal(list_of(*state, pair.function).count, 0);
	set_driver(pair.other, "vfio-pci");
	assert_int_equal(list_of(*state, pair.function).count, 0);
	set_driver(pair.other, "pci-stub");
	assert_int_equal(list_of(*state, pair.function).count, 0);
}

static void a_driver_that_was_not_read_leaves_a_doubt(void **state)
{
	struct pair pair = add_pair(*state);

	pair.other->driver.fact = unreadable("driver", EACCES);
	struct companion_list list = list_of(*state, pair.function);
	assert_int_equal(list.count, 0);
	assert_non_null(list.doubts);
	assert_string_equal(list.doubts->why,
			    "the driver of 0000:01:00.1 in its group could not be read");
}

static enum leaving leaving_of_companion(struct paper *paper, const struct pci_function *companion,
					 const struct pci_function *function)
{
	return leaving_with(&model_of(paper)->assignability, companion, function);
}

static void vfs_go_along_with_their_pf_unless_vfio_has_it(void **state)
{
	struct pci_function *pf = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	struct pci_function *vf = add_express(*state, "0000:01:10.0", NULL, EXPRESS_ENDPOINT);

	make_vf(vf, pf);
	set_driver(vf, "igbvf");
	set_driver(pf, "igb");
	assert_int_equal(leaving_of_companion(*state, vf, pf), LEAVING_ALONG);
	assert_int_equal(leaving_of_companion(*state, pf, vf), LEAVING_PF);
	set_driver(pf, "vfio-pci");
	assert_int_equal(leaving_of_companion(*state, vf, pf), LEAVING_TO_VFIO);
}

static void vfio_takes_no_bridge_and_nothing_of_its_denylist(void **state)
{
	struct pci_function *function = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	struct pci_function *other = add_express(*state, "0000:01:00.1", NULL, EXPRESS_ENDPOINT);

	assert_int_equal(leaving_of_companion(*state, other, function), LEAVING_TO_VFIO);
	set_ids(other, 0x8086, 0x37c8);
	assert_int_equal(leaving_of_companion(*state, other, function), LEAVING_DENIED);
	set_ids(other, 0x8086, 0x2918);
	set_class(other, 0x060100);
	assert_int_equal(leaving_of_companion(*state, other, function), LEAVING_BRIDGE);
	assert_string_equal(leaving_word(LEAVING_BRIDGE), "bridge");
}

#define PAPER_TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPER_TEST(while_there_are_no_groups_those_predicted_tell),
		PAPER_TEST(of_groups_of_noiommu_mode_those_predicted_tell),
		PAPER_TEST(a_group_whose_first_member_was_not_read_is_none_of_noiommu_mode),
		PAPER_TEST(what_no_host_driver_holds_is_no_companion),
		PAPER_TEST(a_driver_that_was_not_read_leaves_a_doubt),
		PAPER_TEST(vfs_go_along_with_their_pf_unless_vfio_has_it),
		PAPER_TEST(vfio_takes_no_bridge_and_nothing_of_its_denylist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

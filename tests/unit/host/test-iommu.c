/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/iommu.h"

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

#define GROUPS "/sys/kernel/iommu_groups"
#define UNITS  "/sys/class/iommu"

static struct iommu_groups load_groups(struct tree *tree)
{
	struct iommu_groups groups;

	iommu_groups_load(tree_open(tree), tree->arena, &groups);
	assert_false(arena_failed(tree->arena));
	return groups;
}

static struct iommu_units load_units(struct tree *tree)
{
	struct iommu_units units;

	iommu_units_load(tree_open(tree), tree->arena, &units);
	assert_false(arena_failed(tree->arena));
	return units;
}

static void groups_are_sorted_by_number_with_their_gaps(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, GROUPS "/10/devices");
	tree_directory(tree, GROUPS "/9/devices");
	tree_directory(tree, GROUPS "/0/devices");
	tree_directory(tree, GROUPS "/4294967295/devices");
	struct iommu_groups groups = load_groups(tree);
	assert_int_equal(groups.fact.state, FACT_KNOWN);
	assert_int_equal(groups.count, 4);
	assert_int_equal(groups.groups[0].id, 0);
	assert_int_equal(groups.groups[1].id, 9);
	assert_int_equal(groups.groups[2].id, 10);
	assert_int_equal(groups.groups[3].id, UINT32_MAX);
	assert_ptr_equal(iommu_group_find(&groups, 9), &groups.groups[1]);
	assert_null(iommu_group_find(&groups, 1));
	assert_null(iommu_group_find(&groups, -1));
	assert_null(iommu_group_find(&groups, (int64_t)UINT32_MAX + 10));
}

static void more_than_256_groups_are_no_limit(void **state)
{
	struct tree *tree = *state;

	for (unsigned i = 0; i < 600; i++)
		tree_directory(tree, arena_printf(tree->arena, GROUPS "/%u/devices", i));
	struct iommu_groups groups = load_groups(tree);
	assert_int_equal(groups.count, 600);
	for (unsigned i = 0; i < 600; i++)
		assert_int_equal(groups.groups[i].id, i);
}

static void what_is_no_number_is_no_group(void **state)
{
	static const char *const names[] = {"x", "1x", "-1", "+1", "01", "4294967296", "0x1", " 1"};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		tree_directory(tree, arena_printf(tree->arena, GROUPS "/%s", names[i]));
	assert_int_equal(load_groups(tree).count, 0);
}

static void a_group_names_members_of_any_kind(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, GROUPS "/3/devices/0000:00:02.0", "../../../../devices/x");
	tree_link(tree, GROUPS "/3/devices/arm-smmu.0", "../../../../devices/y");
	tree_file(tree, GROUPS "/3/reserved_regions",
		  "0x00000000fee00000 0x00000000feefffff msi\n");
	struct iommu_groups groups = load_groups(tree);
	const struct iommu_group *group = iommu_group_find(&groups, 3);
	assert_non_null(group);
	assert_int_equal(group->devices.count, 2);
	assert_string_equal(group->devices.names[0], "0000:00:02.0");
	assert_string_equal(group->devices.names[1], "arm-smmu.0");
	assert_string_equal(group->reserved_regions.text,
			    "0x00000000fee00000 0x00000000feefffff msi\n");
	assert_int_equal(group->name.fact.state, FACT_ABSENT);
	assert_false(iommu_group_is_noiommu(group));
}

static void a_device_is_found_by_the_list_of_its_group(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, GROUPS "/3/devices/0000:00:02.0", "x");
	tree_link(tree, GROUPS "/3/devices/0000:00:02.1", "x");
	tree_link(tree, GROUPS "/7/devices/0000:00:03.0", "x");
	struct iommu_groups groups = load_groups(tree);
	assert_int_equal(iommu_group_listing(&groups, "0000:00:02.1")->id, 3);
	assert_int_equal(iommu_group_listing(&groups, "0000:00:03.0")->id, 7);
	assert_null(iommu_group_listing(&groups, "0000:00:04.0"));
}

static void lists_that_contradict_each_other_tell_nothing(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, GROUPS "/3/devices/0000:00:02.0", "x");
	tree_link(tree, GROUPS "/7/devices/0000:00:02.0", "x");
	struct iommu_groups groups = load_groups(tree);
	assert_null(iommu_group_listing(&groups, "0000:00:02.0"));
}

static void a_list_of_regions_that_was_cut_short_is_malformed(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, GROUPS "/3/reserved_regions",
		  "0x00000000fee00000 0x00000000feefffff msi\n0x00000000000e8000 0x00");
	struct iommu_groups groups = load_groups(tree);
	const struct iommu_group *group = iommu_group_find(&groups, 3);
	assert_non_null(group);
	assert_int_equal(group->reserved_regions.fact.state, FACT_MALFORMED);
}

static void a_group_of_noiommu_mode_says_so_by_name(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, GROUPS "/0/name", "vfio-noiommu\n");
	tree_file(tree, GROUPS "/1/name", "other\n");
	struct iommu_groups groups = load_groups(tree);
	assert_true(iommu_group_is_noiommu(iommu_group_find(&groups, 0)));
	assert_false(iommu_group_is_noiommu(iommu_group_find(&groups, 1)));
}

static void a_tree_without_the_folder_does_not_say_that_there_are_none(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/sys/kernel");
	struct iommu_groups groups = load_groups(tree);
	assert_int_equal(groups.fact.state, FACT_NOT_CAPTURED);
	assert_null(iommu_group_find(&groups, 0));
}

static void registers_of_vt_d_are_hex(void **state)
{
	struct tree *tree = *state;
	const char *folder = "/sys/devices/virtual/iommu/dmar0";

	tree_link(tree, UNITS "/dmar0", "../../devices/virtual/iommu/dmar0");
	tree_file(tree, arena_printf(tree->arena, "%s/intel-iommu/address", folder), "fed90000\n");
	tree_file(tree, arena_printf(tree->arena, "%s/intel-iommu/cap", folder),
		  "d2008c22260286\n");
	tree_file(tree, arena_printf(tree->arena, "%s/intel-iommu/ecap", folder),
		  "ffffffffffffffff\n");
	tree_directory(tree, arena_printf(tree->arena, "%s/devices/0000:00:02.0", folder));
	struct iommu_units units = load_units(tree);
	assert_int_equal(units.count, 1);
	assert_string_equal(units.units[0].name, "dmar0");
	assert_int_equal(units.units[0].kind, IOMMU_VTD);
	assert_true(units.units[0].address.value == 0xfed90000);
	assert_true(units.units[0].capability.value == 0xd2008c22260286);
	assert_int_equal(units.units[0].extended_capability.fact.state, FACT_KNOWN);
	assert_true((uint64_t)units.units[0].extended_capability.value == UINT64_MAX);
	assert_string_equal(units.units[0].devices.names[0], "0000:00:02.0");
}

static void features_of_amd_are_kept_as_the_kernel_printed_them(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, UNITS "/ivhd0/amd-iommu/cap", "1000b640f\n");
	tree_file(tree, UNITS "/ivhd0/amd-iommu/features", "0:25bf732fa2295afe\n");
	struct iommu_units units = load_units(tree);
	assert_int_equal(units.units[0].kind, IOMMU_AMD_VI);
	assert_true(units.units[0].capability.value == 0x1000b640f);
	assert_string_equal(units.units[0].features.text, "0:25bf732fa2295afe");
}

static void units_of_other_kinds_are_told_by_name(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, UNITS "/smmu3.0x0000000009050000");
	tree_directory(tree, UNITS "/virtio0");
	struct iommu_units units = load_units(tree);
	assert_int_equal(units.count, 2);
	assert_string_equal(iommu_kind_name(units.units[0].kind), "smmu");
	assert_string_equal(iommu_kind_name(units.units[1].kind), "other");
}

static void a_class_without_units_means_translation_is_off(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, UNITS);
	struct iommu_units units = load_units(tree);
	assert_int_equal(units.fact.state, FACT_KNOWN);
	assert_int_equal(units.count, 0);
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(groups_are_sorted_by_number_with_their_gaps),
		TREE_TEST(more_than_256_groups_are_no_limit),
		TREE_TEST(what_is_no_number_is_no_group),
		TREE_TEST(a_group_names_members_of_any_kind),
		TREE_TEST(a_device_is_found_by_the_list_of_its_group),
		TREE_TEST(lists_that_contradict_each_other_tell_nothing),
		TREE_TEST(a_list_of_regions_that_was_cut_short_is_malformed),
		TREE_TEST(a_group_of_noiommu_mode_says_so_by_name),
		TREE_TEST(a_tree_without_the_folder_does_not_say_that_there_are_none),
		TREE_TEST(registers_of_vt_d_are_hex),
		TREE_TEST(features_of_amd_are_kept_as_the_kernel_printed_them),
		TREE_TEST(units_of_other_kinds_are_told_by_name),
		TREE_TEST(a_class_without_units_means_translation_is_off),
	};

	return cmocka_run_group_tests_name("iommu", tests, NULL, NULL);
}

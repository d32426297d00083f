/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/group_types.h"

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

#define GROUPS "/sys/kernel/iommu_groups"
#define PF     "0000:01:00.0"
#define VF     "0000:01:10.0"

/* A function in the group of that number, whose type is that. */
static void add_function(const struct tree *tree, const char *name, int group, const char *type)
{
	struct arena *arena = tree->arena;

	tree_file(tree, arena_printf(arena, "/sys/devices/pci0000:00/%s/vendor", name), "0x8086\n");
	tree_link(tree, arena_printf(arena, "/sys/bus/pci/devices/%s", name),
		  arena_printf(arena, "../../../devices/pci0000:00/%s", name));
	tree_link(tree, arena_printf(arena, "/sys/devices/pci0000:00/%s/iommu_group", name),
		  arena_printf(arena, "../../../kernel/iommu_groups/%d", group));
	tree_link(tree, arena_printf(arena, GROUPS "/%d/devices/%s", group, name),
		  arena_printf(arena, "../../../../devices/pci0000:00/%s", name));
	if (type)
		tree_file(tree, arena_printf(arena, GROUPS "/%d/type", group), type);
}

static struct fact_text type_of_group(struct tree *tree, int64_t id)
{
	const struct host *host = tree_host(tree);

	return iommu_group_find(&host->groups, id)->type;
}

static void a_group_has_the_type_of_its_default_domain(void **state)
{
	struct tree *tree = *state;

	add_function(tree, PF, 7, "DMA-FQ\n");
	assert_string_equal(type_of_group(tree, 7).text, "DMA-FQ");
}

static void without_a_default_domain_a_group_has_no_type(void **state)
{
	struct tree *tree = *state;

	add_function(tree, PF, 7, "unknown\n");
	assert_int_equal(type_of_group(tree, 7).fact.state, FACT_ABSENT);
}

static void a_kernel_that_has_no_types_tells_none(void **state)
{
	struct tree *tree = *state;

	add_function(tree, PF, 7, NULL);
	assert_int_equal(type_of_group(tree, 7).fact.state, FACT_ABSENT);
}

static void the_type_of_a_group_of_vfs_alone_is_not_read(void **state)
{
	struct tree *tree = *state;

	add_function(tree, PF, 7, "identity\n");
	add_function(tree, VF, 8, "identity\n");
	tree_link(tree, "/sys/devices/pci0000:00/" VF "/physfn", "../" PF);
	assert_int_equal(type_of_group(tree, 8).fact.state, FACT_NOT_CAPTURED);
}

static void a_vf_beside_its_pf_leaves_the_group_its_type(void **state)
{
	struct tree *tree = *state;

	add_function(tree, PF, 7, "DMA\n");
	add_function(tree, VF, 7, NULL);
	tree_link(tree, "/sys/devices/pci0000:00/" VF "/physfn", "../" PF);
	assert_string_equal(type_of_group(tree, 7).text, "DMA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_group_has_the_type_of_its_default_domain,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(without_a_default_domain_a_group_has_no_type,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(a_kernel_that_has_no_types_tells_none, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(the_type_of_a_group_of_vfs_alone_is_not_read,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(a_vf_beside_its_pf_leaves_the_group_its_type,
						tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

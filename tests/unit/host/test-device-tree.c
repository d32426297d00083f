/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/device_tree.h"

#include "host/pci/iommu.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

#define BRIDGE "/sys/devices/platform/4010000000.pcie"
#define NODE   "/sys/firmware/devicetree/base/pcie@10000000"

static void a_host_bridge_has_the_map_of_its_node(void **state)
{
	static const char map[] = "\0\0\1\0\0\0\x80\5\0\0\0\0\0\0\1\0";
	struct tree *tree = *state;
	struct pci_function functions[] = {
		{.name = "0000:00:01.0", .path = BRIDGE "/pci0000:00/0000:00:01.0"},
		{.name = "0000:00:02.0", .path = BRIDGE "/pci0000:00/0000:00:02.0"},
		{.name = "0001:00:01.0", .path = "/sys/devices/pci0001:00/0001:00:01.0"},
	};
	struct pci pci = {.functions = functions, .count = 3};
	struct device_tree device_tree;

	functions[2].address.domain = 1;
	tree_directory(tree, NODE);
	tree_link(tree, BRIDGE "/of_node", NODE);
	tree_bytes(tree, NODE "/iommu-map", map, sizeof(map) - 1);
	tree_bytes(tree, "/sys/firmware/devicetree/base/compatible", "acme,board\0acme,soc", 20);
	device_tree_load(tree_open(tree), tree->arena, &pci, &device_tree);
	assert_int_equal(device_tree.map_count, 1);
	assert_ptr_equal(device_tree_map(&device_tree, &functions[1]), device_tree.maps);
	assert_null(device_tree_map(&device_tree, &functions[2]));
	assert_int_equal(iommu_map_covers(device_tree.maps, 0x1ff), BOOLEAN_YES);
	assert_true(device_tree_is(&device_tree, "acme,board"));
	assert_true(device_tree_is(&device_tree, "acme,soc"));
	assert_false(device_tree_is(&device_tree, "acme"));
}

#define SMMU     "/sys/devices/platform/soc/fc900000.iommu"
#define TREE     "/sys/firmware/devicetree/base"
#define SMMU_DIR TREE "/soc/iommu@fc900000"

struct coherency_case {
	const char *property; /* NULL: nothing says so */
	enum boolean coherent;
};

/* A node has it from those above; of_dma_is_coherent(). */
static void an_smmu_is_coherent_where_its_node_or_one_above_says_so(void **state)
{
	static const struct coherency_case rows[] = {
		{NULL, BOOLEAN_NO},
		{SMMU_DIR "/dma-coherent", BOOLEAN_YES},
		{TREE "/soc/dma-coherent", BOOLEAN_YES},
		{TREE "/dma-coherent", BOOLEAN_YES},
		{TREE "/soc/dma-noncoherent", BOOLEAN_NO},
		{NODE "/dma-coherent", BOOLEAN_NO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pci_function function = {.name = "0000:00:01.0",
						.path = BRIDGE "/pci0000:00/0000:00:01.0"};
		struct pci pci = {.functions = &function, .count = 1};
		struct device_tree found;
		struct iommu_units units;
		void *own;

		test_row("%s", rows[i].property);
		assert_int_equal(tree_setup(&own), 0);
		struct tree *tree = own;
		tree_directory(tree, NODE);
		tree_directory(tree, SMMU_DIR);
		tree_directory(tree, SMMU "/iommu/smmu3.0xfc900000");
		tree_link(tree, BRIDGE "/of_node", NODE);
		tree_link(tree, SMMU "/of_node", SMMU_DIR);
		tree_link(tree, "/sys/class/iommu/smmu3.0xfc900000",
			  SMMU "/iommu/smmu3.0xfc900000");
		if (rows[i].property)
			tree_file(tree, rows[i].property, "");
		struct root *root = tree_open(tree);
		device_tree_load(root, tree->arena, &pci, &found);
		iommu_units_load(root, tree->arena, &units);
		device_tree_load_smmus(root, tree->arena, &pci, &units, &found);
		const struct tree_smmu *smmu = device_tree_smmu(&found, "smmu3.0xfc900000");
		assert_non_null(smmu);
		assert_int_equal(smmu->coherency.coherent, rows[i].coherent);
		assert_null(device_tree_smmu(&found, "smmu3.0xfcb00000"));
		tree_teardown(&own);
	}
}

#define FUNCTION BRIDGE "/pci0000:00/0000:00:01.0"

/* device_get_dma_attr() asks the node of the function alone, which has it from those above. */
static void behind_an_older_smmu_a_function_may_be_coherent_by_its_own_node(void **state)
{
	static const struct {
		const char *property;
		bool has_node;
		enum boolean coherent;
	} rows[] = {
		{NODE "/dma-coherent", false, BOOLEAN_NO},
		{NODE "/dma-coherent", true, BOOLEAN_YES},
		{NODE "/dma-noncoherent", true, BOOLEAN_NO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pci_function function = {.name = "0000:00:01.0",
						.path = FUNCTION,
						.iommu = known_text("iommu", "smmu.0x5000000")};
		struct pci pci = {.functions = &function, .count = 1};
		struct device_tree found;
		struct iommu_units units;
		void *own;

		test_row("%zu", i);
		assert_int_equal(tree_setup(&own), 0);
		struct tree *tree = own;
		tree_directory(tree, NODE "/wifi@0");
		tree_directory(tree, SMMU_DIR);
		tree_directory(tree, SMMU "/iommu/smmu.0x5000000");
		tree_directory(tree, FUNCTION);
		tree_link(tree, BRIDGE "/of_node", NODE);
		tree_link(tree, SMMU "/of_node", SMMU_DIR);
		tree_link(tree, "/sys/class/iommu/smmu.0x5000000", SMMU "/iommu/smmu.0x5000000");
		if (rows[i].has_node)
			tree_link(tree, FUNCTION "/of_node", NODE "/wifi@0");
		tree_file(tree, rows[i].property, "");
		struct root *root = tree_open(tree);
		device_tree_load(root, tree->arena, &pci, &found);
		iommu_units_load(root, tree->arena, &units);
		device_tree_load_smmus(root, tree->arena, &pci, &units, &found);
		assert_int_equal(found.smmus[0].coherency.coherent, BOOLEAN_NO);
		assert_non_null(found.own);
		assert_int_equal(found.own[0].coherent, rows[i].coherent);
		tree_teardown(&own);
	}
}

struct cover {
	const char *map; /* NULL: absent */
	size_t length;
	const char *mask; /* NULL: absent */
	uint16_t requester_id;
	enum boolean covers;
};

#define BUS_1      "\0\0\1\0\0\0\x80\5\0\0\0\0\0\0\1\0"
#define FUNCTION_0 "\0\0\0\0\0\0\x80\5\0\0\0\0\0\0\0\1"

static void requesters_are_looked_up_as_the_kernel_does(void **state)
{
	static const struct cover rows[] = {
		{BUS_1, 16, NULL, 0x0ff, BOOLEAN_NO},
		{BUS_1, 16, NULL, 0x100, BOOLEAN_YES},
		{BUS_1, 16, NULL, 0x1ff, BOOLEAN_YES},
		{BUS_1, 16, NULL, 0x200, BOOLEAN_NO},
		{BUS_1 FUNCTION_0, 32, NULL, 0, BOOLEAN_YES},
		{FUNCTION_0, 16, "\0\0\0\7", 0x108, BOOLEAN_YES},
		{FUNCTION_0, 16, "\0\0\0\7", 0x109, BOOLEAN_NO},
		{NULL, 0, NULL, 0, BOOLEAN_NO},
		{BUS_1, 15, NULL, 0x100, BOOLEAN_UNKNOWN},
		{"", 0, NULL, 0x100, BOOLEAN_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cover *row = &rows[i];
		struct iommu_map map = {.map.fact = absent("iommu-map"),
					.mask.fact = absent("iommu-map-mask")};
		test_row("%zu", i);
		if (row->map)
			map.map = known_bytes("iommu-map", (const uint8_t *)row->map, row->length);
		if (row->mask)
			map.mask = known_bytes("iommu-map-mask", (const uint8_t *)row->mask, 4);
		assert_int_equal(iommu_map_covers(&map, row->requester_id), row->covers);
	}
}

static void a_map_that_was_not_read_tells_nothing(void **state)
{
	const struct iommu_map map = {.map.fact = unreadable("iommu-map", 13)};

	(void)state;
	assert_int_equal(iommu_map_covers(&map, 0), BOOLEAN_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_host_bridge_has_the_map_of_its_node, tree_setup,
						tree_teardown),
		cmocka_unit_test(an_smmu_is_coherent_where_its_node_or_one_above_says_so),
		cmocka_unit_test(behind_an_older_smmu_a_function_may_be_coherent_by_its_own_node),
		cmocka_unit_test(requesters_are_looked_up_as_the_kernel_does),
		cmocka_unit_test(a_map_that_was_not_read_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

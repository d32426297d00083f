/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/dma_alias.h"

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

struct bridge_case {
	unsigned type;
	enum bridge_alias alias;
};

static const struct bridge_case bridge_cases[] = {
	{EXPRESS_ROOT_PORT, BRIDGE_ALIAS_NONE},
	{EXPRESS_UPSTREAM_PORT, BRIDGE_ALIAS_NONE},
	{EXPRESS_DOWNSTREAM_PORT, BRIDGE_ALIAS_NONE},
	{EXPRESS_TO_PCI_BRIDGE, BRIDGE_ALIAS_SECONDARY},
	{EXPRESS_FROM_PCI_BRIDGE, BRIDGE_ALIAS_OWN},
};

static void each_type_of_bridge_has_its_requester(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(bridge_cases) / sizeof(bridge_cases[0]); i++) {
		test_row("port type %u", bridge_cases[i].type);
		paper->host.pci.count = 0;
		assert_int_equal(dma_alias_of_bridge(add_express(*state, "0000:00:01.0", NULL,
								 bridge_cases[i].type)),
				 bridge_cases[i].alias);
	}
}

static void conventional_bridge_does_the_dma_itself(void **state)
{
	struct pci_function *bridge = add_function(*state, "0000:00:1e.0", NULL);

	make_bridge(bridge);
	assert_int_equal(dma_alias_of_bridge(bridge), BRIDGE_ALIAS_OWN);
}

static void bridge_that_was_not_read_is_unknown(void **state)
{
	struct pci_function *bridge = add_function(*state, "0000:00:1e.0", NULL);

	make_bridge(bridge);
	hide_capabilities(bridge);
	assert_int_equal(dma_alias_of_bridge(bridge), BRIDGE_ALIAS_UNKNOWN);
}

static void translation_roots_end_the_walk(void **state)
{
	struct pci_function *bridge = add_function(*state, "0000:00:01.0", NULL);

	make_bridge(bridge);
	set_ids(bridge, 0x14e4, 0x9000);
	assert_int_equal(dma_alias_of_bridge(bridge), BRIDGE_ALIAS_STOP);
	set_ids(bridge, 0x14e4, 0x9084);
	assert_int_equal(dma_alias_of_bridge(bridge), BRIDGE_ALIAS_STOP);
}

static void bridge_of_aspeed_does_no_dma_for_others_from_7_1_on(void **state)
{
	static const struct {
		const char *release;
		bool dropped;
	} rows[] = {{"6.18.15", false}, {"7.0.0-14-generic", true}, {"custom", false}};
	struct paper *paper = *state;
	struct pci_function *bridge =
		add_express(paper, "0000:01:00.0", NULL, EXPRESS_TO_PCI_BRIDGE);

	assert_false(dma_alias_is_dropped(&paper->host, bridge));
	set_ids(bridge, 0x1a03, 0x1150);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].release);
		paper_kernel(paper, rows[i].release);
		assert_int_equal(dma_alias_is_dropped(&paper->host, bridge), rows[i].dropped);
	}
}

static const uint16_t disguised_ids[][2] = {
	{0x1b21, 0x1080}, {0x10e3, 0x8113}, {0x1283, 0x8892}, {0x1283, 0x8893}, {0x8086, 0x244e}};

static void bridges_in_disguise_alias_as_express_does_below_it(void **state)
{
	struct pci_function *root = add_function(*state, "0000:00:1e.0", NULL);
	struct pci_function *port = add_express(*state, "0000:00:1f.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *type_7 =
		add_express(*state, "0000:00:1f.1", NULL, EXPRESS_TO_PCI_BRIDGE);
	struct pci_function *below = add_function(*state, "0000:01:00.0", port);
	struct pci_function *deeper = add_function(*state, "0000:02:00.0", type_7);

	for (size_t i = 0; i < sizeof(disguised_ids) / sizeof(disguised_ids[0]); i++) {
		test_row("%04x:%04x", disguised_ids[i][0], disguised_ids[i][1]);
		set_ids(root, disguised_ids[i][0], disguised_ids[i][1]);
		set_ids(below, disguised_ids[i][0], disguised_ids[i][1]);
		set_ids(deeper, disguised_ids[i][0], disguised_ids[i][1]);
		assert_int_equal(dma_alias_of_bridge(root), BRIDGE_ALIAS_OWN);
		assert_int_equal(dma_alias_of_bridge(below), BRIDGE_ALIAS_SECONDARY);
		assert_int_equal(dma_alias_of_bridge(deeper), BRIDGE_ALIAS_OWN);
	}
}

static bool covers(const struct pci_function *function, unsigned device, unsigned number)
{
	return dma_alias_covers(function, (uint8_t)(device << 3 | number));
}

static const uint16_t function_0_ids[][2] = {
	{0x1180, 0xe832}, {0x1180, 0xe476}, {0x6766, 0x3d40}, {0x6766, 0x3d41}};

static void some_functions_do_dma_as_function_0(void **state)
{
	struct pci_function *first = add_function(*state, "0000:01:03.0", NULL);
	struct pci_function *second = add_function(*state, "0000:01:03.2", NULL);

	for (size_t i = 0; i < sizeof(function_0_ids) / sizeof(function_0_ids[0]); i++) {
		test_row("%04x:%04x", function_0_ids[i][0], function_0_ids[i][1]);
		set_ids(first, function_0_ids[i][0], function_0_ids[i][1]);
		set_ids(second, function_0_ids[i][0], function_0_ids[i][1]);
		assert_true(covers(second, 3, 0));
		assert_false(covers(second, 3, 1));
		assert_false(covers(second, 4, 0));
		assert_false(covers(first, 3, 0));
	}
}

static const uint16_t function_1_ids[][2] = {
	{0x1b4b, 0x9120}, {0x1b4b, 0x9123}, {0x1b4b, 0x9125}, {0x1b4b, 0x9128}, {0x1b4b, 0x9130},
	{0x1b4b, 0x9170}, {0x1b4b, 0x9172}, {0x1b4b, 0x917a}, {0x1b4b, 0x9182}, {0x1b4b, 0x9183},
	{0x1b4b, 0x91a0}, {0x1b4b, 0x9215}, {0x1b4b, 0x9220}, {0x1b4b, 0x9230}, {0x1b4b, 0x9235},
	{0x1103, 0x0642}, {0x1103, 0x0645}, {0x197b, 0x2392}, {0x1c28, 0x0122},
};

static void some_functions_do_dma_as_function_1(void **state)
{
	struct pci_function *function = add_function(*state, "0000:01:00.0", NULL);

	for (size_t i = 0; i < sizeof(function_1_ids) / sizeof(function_1_ids[0]); i++) {
		test_row("%04x:%04x", function_1_ids[i][0], function_1_ids[i][1]);
		set_ids(function, function_1_ids[i][0], function_1_ids[i][1]);
		assert_true(dma_alias_has_quirk(function));
		assert_true(covers(function, 0, 1));
		assert_false(covers(function, 0, 2));
	}
}

static void two_boards_do_dma_as_01_0(void **state)
{
	struct pci_function *function = add_function(*state, "0000:01:02.0", NULL);

	set_ids(function, 0x9005, 0x0285);
	assert_true(dma_alias_is_hidden(function));
	function->subsystem_vendor = (struct fact_number){known("subsystem_vendor"), 0x9005};
	function->subsystem_device = (struct fact_number){known("subsystem_device"), 0x02bc};
	assert_false(dma_alias_is_hidden(function));
	assert_true(covers(function, 1, 0));
	function->subsystem_device.value = 0x02bd;
	assert_false(covers(function, 1, 0));
}

static void xeon_phi_does_dma_as_three_others(void **state)
{
	static const uint16_t devices[][2] = {{0x8086, 0x2260}, {0x8086, 0x2264}};
	struct pci_function *function = add_function(*state, "0000:01:00.0", NULL);

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		test_row("%04x:%04x", devices[i][0], devices[i][1]);
		set_ids(function, devices[i][0], devices[i][1]);
		assert_true(covers(function, 0x10, 0));
		assert_true(covers(function, 0x11, 0));
		assert_true(covers(function, 0x12, 3));
		assert_false(covers(function, 0x12, 0));
	}
}

static void vca_does_dma_as_functions_0_to_4_of_all_slots(void **state)
{
	static const uint16_t devices[][2] = {{0x8086, 0x2954}, {0x8086, 0x2955}, {0x8086, 0x2956},
					      {0x8086, 0x2958}, {0x8086, 0x2959}, {0x8086, 0x295a}};
	struct pci_function *function = add_function(*state, "0000:01:00.0", NULL);

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		test_row("%04x:%04x", devices[i][0], devices[i][1]);
		set_ids(function, devices[i][0], devices[i][1]);
		assert_true(covers(function, 31, 4));
		assert_false(covers(function, 31, 5));
	}
}

static void plx_bridge_does_dma_as_any(void **state)
{
	struct pci_function *function = add_function(*state, "0000:01:00.0", NULL);

	set_ids(function, 0x10b5, 0x87b0);
	assert_true(covers(function, 31, 7));
	set_ids(function, 0x10b5, 0x87b1);
	assert_true(covers(function, 31, 7));
}

struct hidden_case {
	uint16_t vendor;
	uint16_t device;
	uint32_t class_code;
	bool hidden;
};

static const struct hidden_case hidden_cases[] = {
	{0x11f8, 0x8532, 0x068000, true},  {0x11f8, 0x8532, 0x058000, false},
	{0x1055, 0x1001, 0x068000, true},  {0x1055, 0x1008, 0x068000, true},
	{0x1055, 0x1007, 0x068000, false}, {0x1055, 0x1009, 0x068000, false},
};

static void switchtec_bridges_keep_their_aliases_to_themselves(void **state)
{
	struct pci_function *function = add_function(*state, "0000:01:00.0", NULL);

	for (size_t i = 0; i < sizeof(hidden_cases) / sizeof(hidden_cases[0]); i++) {
		test_row("%04x:%04x of class %06x", hidden_cases[i].vendor, hidden_cases[i].device,
			 hidden_cases[i].class_code);
		set_ids(function, hidden_cases[i].vendor, hidden_cases[i].device);
		set_class(function, hidden_cases[i].class_code);
		assert_int_equal(dma_alias_is_hidden(function), hidden_cases[i].hidden);
	}
}

static void function_of_unknown_ids_hides_its_aliases(void **state)
{
	struct pci_function *function = add_function(*state, "0000:01:00.0", NULL);

	function->device.fact = unreadable("device", 5);
	assert_true(dma_alias_is_hidden(function));
}

static void ordinary_function_has_no_alias(void **state)
{
	struct pci_function *function = add_function(*state, "0000:01:00.0", NULL);

	assert_false(dma_alias_has_quirk(function));
	assert_false(covers(function, 0, 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_type_of_bridge_has_its_requester),
		TEST(conventional_bridge_does_the_dma_itself),
		TEST(bridge_that_was_not_read_is_unknown),
		TEST(translation_roots_end_the_walk),
		TEST(bridge_of_aspeed_does_no_dma_for_others_from_7_1_on),
		TEST(bridges_in_disguise_alias_as_express_does_below_it),
		TEST(some_functions_do_dma_as_function_0),
		TEST(some_functions_do_dma_as_function_1),
		TEST(two_boards_do_dma_as_01_0),
		TEST(xeon_phi_does_dma_as_three_others),
		TEST(vca_does_dma_as_functions_0_to_4_of_all_slots),
		TEST(plx_bridge_does_dma_as_any),
		TEST(switchtec_bridges_keep_their_aliases_to_themselves),
		TEST(function_of_unknown_ids_hides_its_aliases),
		TEST(ordinary_function_has_no_alias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/viot.h"

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"

static struct viot decode_nodes(struct paper *paper, uint8_t count, const char *nodes)
{
	struct test_table table;
	struct viot viot;

	table_begin_viot(&table, count);
	table_add(&table, nodes);
	table_finish(&table, "VIOT");
	assert_int_equal(viot_decode(paper->arena, table.bytes, table.length, &viot), 0);
	assert_false(arena_failed(paper->arena));
	return viot;
}

static void nodes_of_a_virtual_machine_are_decoded(void **state)
{
	struct viot viot = decode_nodes(*state, 2, VIOT_IOMMU VIOT_RANGE);

	assert_true(viot.intact);
	assert_int_equal(viot.defects.count, 0);
	assert_int_equal(viot.count, 2);
	assert_int_equal(viot.nodes[0].type, VIOT_IOMMU_PCI);
	assert_int_equal(viot.nodes[0].requester_id, 8);
	assert_int_equal(viot.nodes[1].type, VIOT_PCI_RANGE);
	assert_int_equal(viot.nodes[1].last_id, 0x3ff);
	assert_ptr_equal(viot.nodes[1].iommu, &viot.nodes[0]);
}

static void nodes_of_registers_are_decoded(void **state)
{
	struct viot viot = decode_nodes(*state, 2,
					"02 00 1800 07000000 0000000a00000000 4800 000000000000"
					"04 00 1000 00000000 0000000b00000000");

	assert_int_equal(viot.defects.count, 0);
	assert_int_equal(viot.nodes[0].endpoint, 7);
	assert_int_equal(viot.nodes[0].base, 0xa000000);
	assert_ptr_equal(viot.nodes[0].iommu, &viot.nodes[1]);
	assert_int_equal(viot.nodes[1].base, 0xb000000);
}

struct walk {
	uint32_t segment;
	uint16_t requester;
	int iommu; /* number of its node, -1: none */
};

/* Two ranges share bus 1: the one that is listed last counts. */
static void requesters_are_followed_to_their_iommu(void **state)
{
	static const struct walk walks[] = {
		{0, 0x0000, 0}, {0, 0x00ff, 0},  {0, 0x0100, 1},  {0, 0x01ff, 1},
		{0, 0x0200, 0}, {0, 0x0400, -1}, {1, 0x0000, -1}, {2, 0x0100, 1},
	};
	struct viot viot = decode_nodes(
		*state, 4,
		VIOT_IOMMU "03 00 1000 0000 1000 0000000000000000" VIOT_RANGE
			   "01 00 1800 00000000 0000 0200 0001 ff01 4000 000000000000");

	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		const struct walk *walk = &walks[i];
		test_row("%u %04x", walk->segment, walk->requester);
		assert_ptr_equal(viot_find_iommu(&viot, walk->segment, walk->requester),
				 walk->iommu < 0 ? NULL : &viot.nodes[walk->iommu]);
	}
}

/* The kernel asks for an IOMMU's length where an endpoint names it. */
static void an_iommu_that_is_cut_short_is_none(void **state)
{
	struct viot viot =
		decode_nodes(*state, 2, "03 00 0800 0000 0800" VIOT_RANGE_BEHIND("3000"));

	assert_int_equal(viot.count, 2);
	assert_false(viot.nodes[0].complete);
	assert_null(viot.nodes[1].iommu);
	assert_int_equal(viot.defects.items[0].kind, VIOT_NO_IOMMU);
	assert_null(viot_find_iommu(&viot, 0, 0x100));
}

static bool is_clean(struct arena *arena, const uint8_t *bytes, size_t length)
{
	struct viot viot;

	return viot_decode(arena, bytes, length, &viot) == 0 && viot.intact &&
	       viot.defects.count == 0;
}

static void damage_is_seen(void **state)
{
	struct test_table table;

	table_begin_viot(&table, 2);
	table_add(&table, VIOT_IOMMU VIOT_RANGE);
	table_finish(&table, "VIOT");
	assert_true(is_clean(((struct paper *)*state)->arena, table.bytes, table.length));
	expect_damage_is_seen(table.bytes, table.length, is_clean);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(nodes_of_a_virtual_machine_are_decoded),
		TEST(nodes_of_registers_are_decoded),
		TEST(requesters_are_followed_to_their_iommu),
		TEST(an_iommu_that_is_cut_short_is_none),
		TEST(damage_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

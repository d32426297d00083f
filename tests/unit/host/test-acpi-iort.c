/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/iort.h"

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"

static struct iort decode(struct arena *arena, const struct test_table *table)
{
	struct iort iort;

	assert_int_equal(iort_decode(arena, table->bytes, table->length, &iort), 0);
	assert_false(arena_failed(arena));
	return iort;
}

static struct iort decode_nodes(struct paper *paper, uint8_t count, const char *nodes)
{
	struct test_table table;

	table_begin_iort(&table, count);
	table_add(&table, nodes);
	table_finish(&table, "IORT");
	return decode(paper->arena, &table);
}

static void nodes_of_a_server_are_decoded(void **state)
{
	struct iort iort =
		decode_nodes(*state, 4, IORT_ITS IORT_SMMU IORT_ROOT IORT_RANGES("01000000"));

	assert_true(iort.intact);
	assert_int_equal(iort.defects.count, 0);
	assert_int_equal(iort.count, 4);
	assert_int_equal(iort.nodes[0].its_count, 1);
	const struct iort_node *smmu = &iort.nodes[1];
	assert_int_equal(smmu->type, IORT_SMMU_V3);
	assert_int_equal(smmu->base, 0x9050000);
	assert_int_equal(smmu->flags, IORT_SMMU_V3_COHERENT);
	assert_int_equal(smmu->event_interrupt, 0x6a);
	assert_int_equal(smmu->error_interrupt, 0x6d);
	assert_ptr_equal(smmu->mappings[0].target, &iort.nodes[0]);
	const struct iort_node *root = &iort.nodes[2];
	assert_int_equal(root->memory_properties, 0x0300000000000001);
	assert_int_equal(root->address_limit, 64);
	assert_int_equal(root->mappings[0].id_count, 0x3ff);
	assert_ptr_equal(root->mappings[0].target, smmu);
	const struct iort_node *rmr = &iort.nodes[3];
	assert_int_equal(rmr->flags, IORT_RMR_REMAP_PERMITTED);
	assert_int_equal(rmr->region_count, 1);
	assert_int_equal(rmr->regions[0].base, 0x10000000);
	assert_int_equal(rmr->regions[0].length, 0x10000);
}

static void other_nodes_are_decoded(void **state)
{
	struct iort iort = decode_nodes(
		*state, 3,
		"03 4c00 03 00000000 00000000 00000000 0000802b00000000 0000020000000000"
		"01000000 02000000 3c000000 01000000 44000000 00000000 00000000"
		"21000000 04000000 22000000 04000000"
		"01 2400 04 01000000 00000000 00000000 03000000 0100000000000003 28"
		"5c5f53422e4100"
		"05 2800 01 02000000 00000000 00000000 0000012b00000000 23000000 30000000"
		"0000022b00000000");

	assert_int_equal(iort.defects.count, 0);
	assert_int_equal(iort.nodes[0].type, IORT_SMMU_V2);
	assert_int_equal(iort.nodes[0].base, 0x2b800000);
	assert_int_equal(iort.nodes[0].span, 0x20000);
	assert_int_equal(iort.nodes[0].model, 1);
	assert_int_equal(iort.nodes[0].flags, IORT_SMMU_V2_COHERENT_WALK);
	assert_int_equal(iort.nodes[0].context_interrupt_count, 1);
	assert_string_equal(iort.nodes[1].device_name, "\\_SB.A");
	assert_int_equal(iort.nodes[1].address_limit, 40);
	assert_int_equal(iort.nodes[2].base, 0x2b010000);
	assert_int_equal(iort.nodes[2].page1, 0x2b020000);
	assert_int_equal(iort.nodes[2].reference, 0x30);
}

struct walk {
	uint32_t segment;
	uint16_t requester;
	bool covered;
	uint32_t stream;
};

/* A root complex with two ranges: buses 0 and 1 behind the SMMU, shifted; the first id of bus 2 is
 * in both, as firmware writes it that counts ids and not one less. */
#define SHIFTED_ROOT                                                                               \
	"02 4c00 03 02000000 02000000 24000000 0100000000000003 00000000 00000000 40 0000 00"      \
	"00000000 00020000 00000100 48000000 00000000"                                             \
	"00020000 ff000000 00000000 30000000 00000000"

static void requesters_are_followed_to_their_smmu(void **state)
{
	static const struct walk walks[] = {
		{0, 0x0000, true, 0x10000}, {0, 0x01ff, true, 0x101ff}, {0, 0x0200, false, 0},
		{0, 0x0300, false, 0},      {1, 0x0000, false, 0},
	};
	struct iort iort = decode_nodes(*state, 3, IORT_ITS IORT_SMMU SHIFTED_ROOT);

	for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++) {
		uint32_t stream = 0;
		test_row("%u %04x", walks[i].segment, walks[i].requester);
		const struct iort_node *smmu =
			iort_find_smmu(&iort, walks[i].segment, walks[i].requester, &stream);
		assert_ptr_equal(smmu, walks[i].covered ? &iort.nodes[1] : NULL);
		assert_int_equal(stream, walks[i].stream);
	}
}

/* The SMMU hands its first 64 Ki streams on to the ITS. */
static void requesters_are_followed_to_their_its(void **state)
{
	static const struct {
		uint32_t segment;
		uint16_t requester;
		const char *root;
		bool mapped;
	} rows[] = {
		{0, 0x0100, IORT_ROOT, true},     {0, 0x0400, IORT_ROOT, false},
		{1, 0x0100, IORT_ROOT, false},    {0, 0x0200, SHIFTED_ROOT, true},
		{0, 0x0100, SHIFTED_ROOT, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%zu: %04x", i, rows[i].requester);
		struct paper *paper = *state;
		struct iort iort = decode_nodes(
			paper, 3,
			arena_printf(paper->arena, "%s%s%s", IORT_ITS, IORT_SMMU, rows[i].root));
		assert_ptr_equal(iort_find_its(&iort, rows[i].segment, rows[i].requester),
				 rows[i].mapped ? &iort.nodes[0] : NULL);
	}
}

static void a_single_mapping_takes_any_requester(void **state)
{
	struct iort iort =
		decode_nodes(*state, 3,
			     IORT_ITS IORT_SMMU
			     "02 3800 03 02000000 01000000 24000000 0100000000000003 00000000 "
			     "00000000 40 0000 00 00000000 00000000 07000000 48000000 01000000");
	uint32_t stream = 0;

	assert_ptr_equal(iort_find_smmu(&iort, 0, 0x1234, &stream), &iort.nodes[1]);
	assert_int_equal(stream, 7);
}

static bool is_clean(struct arena *arena, const uint8_t *bytes, size_t length)
{
	struct iort iort;

	return iort_decode(arena, bytes, length, &iort) == 0 && iort.intact &&
	       iort.defects.count == 0;
}

static void damage_is_seen(void **state)
{
	struct test_table table;

	(void)state;
	table_begin_iort(&table, 4);
	table_add(&table, IORT_ITS IORT_SMMU IORT_ROOT IORT_RANGES("00000000"));
	table_finish(&table, "IORT");
	assert_true(is_clean(((struct paper *)*state)->arena, table.bytes, table.length));
	expect_damage_is_seen(table.bytes, table.length, is_clean);
}

static void damage_is_seen_in_tables_of_others(void **state)
{
	(void)state;
	assert_true(expect_damage_is_seen_in(PASSCHECK_SHARED_DATA "/acpi", "iort", is_clean) > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(nodes_of_a_server_are_decoded),
		TEST(other_nodes_are_decoded),
		TEST(requesters_are_followed_to_their_smmu),
		TEST(requesters_are_followed_to_their_its),
		TEST(a_single_mapping_takes_any_requester),
		TEST(damage_is_seen),
		TEST(damage_is_seen_in_tables_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

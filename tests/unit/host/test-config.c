/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/config.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"

static struct test_config endpoint(void)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, 0x020000);
	return config;
}

static struct capability find(const struct test_config *config, uint8_t id)
{
	struct config_space space = config_of(config);

	return config_capability(&space, id);
}

static struct capability find_extended(const struct test_config *config, uint16_t id)
{
	struct config_space space = config_of(config);

	return config_extended_capability(&space, id);
}

static void assert_absent(struct capability capability, bool broken)
{
	assert_int_equal(capability.state, FACT_ABSENT);
	assert_int_equal(capability.broken_chain, broken);
}

static void assert_unreadable(struct capability capability, int error)
{
	assert_int_equal(capability.state, FACT_UNREADABLE);
	assert_int_equal(capability.error, error);
}

static void registers_are_little_endian(void **state)
{
	static const uint8_t bytes[] = {0x86, 0x80, 0xc9, 0x10};
	const struct config_space config = {
		.fact.state = FACT_KNOWN, .bytes = bytes, .length = sizeof(bytes)};
	uint8_t byte;
	uint16_t word;
	uint32_t dword;

	(void)state;
	assert_true(config_read8(&config, 3, &byte));
	assert_true(config_read16(&config, 2, &word));
	assert_true(config_read32(&config, 0, &dword));
	assert_int_equal(byte, 0x10);
	assert_int_equal(word, 0x10c9);
	assert_int_equal(dword, 0x10c98086);
}

static void a_register_that_is_not_wholly_there_is_not_read(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3, 4};
	const struct config_space config = {
		.fact.state = FACT_KNOWN, .bytes = bytes, .length = sizeof(bytes)};
	const struct config_space empty = {.fact.state = FACT_KNOWN, .bytes = bytes, .length = 0};
	uint8_t byte = 0xaa;
	uint16_t word = 0xaaaa;
	uint32_t dword = 0xaaaaaaaa;

	(void)state;
	assert_false(config_read8(&config, 4, &byte));
	assert_false(config_read16(&config, 3, &word));
	assert_false(config_read32(&config, 1, &dword));
	assert_false(config_read8(&config, SIZE_MAX, &byte));
	assert_false(config_read16(&config, SIZE_MAX, &word));
	assert_false(config_read32(&config, SIZE_MAX - 1, &dword));
	assert_false(config_read8(&empty, 0, &byte));
	assert_false(config_read16(&empty, 0, &word));
	assert_int_equal(byte, 0xaa);
	assert_int_equal(word, 0xaaaa);
	assert_int_equal(dword, 0xaaaaaaaa);
}

static void zeros_at_the_end_need_not_be_kept(void **state)
{
	static const uint8_t kept[] = {0x86, 0x80};
	struct config_space config = {
		.fact.state = FACT_KNOWN, .bytes = kept, .length = 64, .zeros = 62};
	uint16_t value;

	(void)state;
	assert_true(config_read16(&config, 0, &value));
	assert_int_equal(value, 0x8086);
	assert_true(config_read16(&config, 1, &value));
	assert_int_equal(value, 0x80);
	assert_true(config_read16(&config, 62, &value));
	assert_int_equal(value, 0);
	assert_false(config_read16(&config, 63, &value));
}

static void capabilities_are_found_along_the_list(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add(&config, PCI_CAP_ID_PM, 8);
	config_add(&config, PCI_CAP_ID_MSIX, 12);
	assert_int_equal(find(&config, PCI_CAP_ID_PM).state, FACT_KNOWN);
	assert_int_equal(find(&config, PCI_CAP_ID_PM).offset, 0x40);
	assert_int_equal(find(&config, PCI_CAP_ID_MSIX).offset, 0x48);
	assert_absent(find(&config, PCI_CAP_ID_EXP), false);
}

static void the_low_bits_of_a_pointer_are_reserved(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add(&config, PCI_CAP_ID_PM, 8);
	config.bytes[PCI_CAPABILITY_LIST] |= 3;
	assert_int_equal(find(&config, PCI_CAP_ID_PM).offset, 0x40);
}

static void without_the_status_bit_there_is_no_list(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add(&config, PCI_CAP_ID_PM, 8);
	config.bytes[PCI_STATUS] = 0;
	assert_absent(find(&config, PCI_CAP_ID_PM), false);
}

static void a_cardbus_bridge_has_its_list_elsewhere(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config.link = PCI_CB_CAPABILITY_LIST;
	config.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_CARDBUS;
	config_add(&config, PCI_CAP_ID_PM, 8);
	assert_int_equal(find(&config, PCI_CAP_ID_PM).offset, 0x40);
}

static void the_multifunction_bit_is_no_part_of_the_header_type(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config.bytes[PCI_HEADER_TYPE] = 0x80 | PCI_HEADER_TYPE_BRIDGE;
	config_add(&config, PCI_CAP_ID_PM, 8);
	assert_int_equal(find(&config, PCI_CAP_ID_PM).state, FACT_KNOWN);
}

static void a_header_type_that_does_not_exist_is_malformed(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add(&config, PCI_CAP_ID_PM, 8);
	config.bytes[PCI_HEADER_TYPE] = 3;
	assert_int_equal(find(&config, PCI_CAP_ID_PM).state, FACT_MALFORMED);
}

static void a_list_that_loops_ends(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	uint8_t *first = config_add(&config, PCI_CAP_ID_PM, 8);
	uint8_t *second = config_add(&config, PCI_CAP_ID_MSI, 8);
	second[1] = 0x40;
	assert_absent(find(&config, PCI_CAP_ID_EXP), true);
	assert_int_equal(find(&config, PCI_CAP_ID_MSI).state, FACT_KNOWN);
	first[1] = 0x40;
	assert_absent(find(&config, PCI_CAP_ID_MSI), true);
}

static void a_pointer_into_the_header_ends_the_list(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add(&config, PCI_CAP_ID_PM, 8)[1] = 0x3c;
	assert_absent(find(&config, PCI_CAP_ID_EXP), true);
}

static void an_entry_of_id_ff_ends_the_list(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add(&config, 0xff, 8);
	assert_absent(find(&config, PCI_CAP_ID_EXP), true);
}

static void a_list_that_runs_into_ones_was_not_read(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add(&config, PCI_CAP_ID_PM, 8);
	config_add(&config, PCI_CAP_ID_EXP, 0x3c);
	memset(config.bytes + 0x48, 0xff, sizeof(config.bytes) - 0x48);
	assert_int_equal(find(&config, PCI_CAP_ID_PM).state, FACT_KNOWN);
	assert_unreadable(find(&config, PCI_CAP_ID_EXP), EIO);
}

static void a_list_that_fills_config_space_is_followed(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	for (int i = 0; i < 47; i++)
		config_add(&config, PCI_CAP_ID_VNDR, 4);
	config_add(&config, PCI_CAP_ID_PM, 4);
	assert_int_equal(find(&config, PCI_CAP_ID_PM).state, FACT_KNOWN);
}

static void a_reader_without_privilege_gets_the_header_only(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	config_add_sriov(&config, 8);
	config.length = CONFIG_HEADER_SIZE;
	assert_unreadable(find(&config, PCI_CAP_ID_EXP), EPERM);
	assert_unreadable(find_extended(&config, PCI_EXT_CAP_ID_SRIOV), EPERM);
}

static void of_a_cardbus_bridge_that_is_128_bytes(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config.link = PCI_CB_CAPABILITY_LIST;
	config.next = CONFIG_CARDBUS_SIZE;
	config.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_CARDBUS;
	config_add(&config, PCI_CAP_ID_PM, 8);
	put16(config.bytes + PCI_CB_SUBSYSTEM_VENDOR_ID, 0x1028);
	config.length = CONFIG_CARDBUS_SIZE;
	assert_unreadable(find(&config, PCI_CAP_ID_PM), EPERM);
}

static void the_header_alone_can_say_that_there_are_none(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config.length = CONFIG_HEADER_SIZE;
	assert_absent(find(&config, PCI_CAP_ID_EXP), false);
	assert_absent(find_extended(&config, PCI_EXT_CAP_ID_SRIOV), false);
}

static void what_tar_padded_with_zeros_was_not_read(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	memset(config.bytes + CONFIG_HEADER_SIZE, 0, sizeof(config.bytes) - CONFIG_HEADER_SIZE);
	assert_unreadable(find(&config, PCI_CAP_ID_EXP), EPERM);
	config.length = CONFIG_CONVENTIONAL_SIZE;
	assert_unreadable(find(&config, PCI_CAP_ID_EXP), EPERM);
}

static void a_function_that_answers_with_ones_says_nothing(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	memset(config.bytes, 0xff, sizeof(config.bytes));
	assert_unreadable(find(&config, PCI_CAP_ID_EXP), ENODEV);
	assert_unreadable(find_extended(&config, PCI_EXT_CAP_ID_ACS), ENODEV);
}

static void zeros_are_no_function(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	memset(config.bytes, 0, sizeof(config.bytes));
	assert_unreadable(find(&config, PCI_CAP_ID_EXP), ENODEV);
}

static void a_vf_reads_its_ids_as_ones_and_has_capabilities(void **state)
{
	struct test_config config;

	(void)state;
	config_begin(&config, 0xffff, 0xffff, 0x020000);
	config_add_express(&config, 0);
	config_add_extended(&config, PCI_EXT_CAP_ID_ARI, 8);
	assert_int_equal(find(&config, PCI_CAP_ID_EXP).state, FACT_KNOWN);
	assert_int_equal(find_extended(&config, PCI_EXT_CAP_ID_ARI).state, FACT_KNOWN);
}

static void a_config_file_that_was_not_read_says_nothing(void **state)
{
	static const struct {
		struct fact fact;
		enum fact_state state;
		int error;
	} rows[] = {
		{{.state = FACT_ABSENT}, FACT_UNREADABLE, ENOENT},
		{{.state = FACT_UNREADABLE, .error = EACCES}, FACT_UNREADABLE, EACCES},
		{{.state = FACT_MALFORMED}, FACT_MALFORMED, 0},
		{{.state = FACT_NOT_CAPTURED}, FACT_NOT_CAPTURED, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", fact_state_name(rows[i].fact.state));
		const struct config_space config = {.fact = rows[i].fact};
		struct capability found = config_capability(&config, PCI_CAP_ID_EXP);
		struct capability extended =
			config_extended_capability(&config, PCI_EXT_CAP_ID_ACS);
		assert_int_equal(found.state, rows[i].state);
		assert_int_equal(found.error, rows[i].error);
		assert_int_equal(extended.state, rows[i].state);
		assert_int_equal(extended.error, rows[i].error);
	}
}

static void extended_capabilities_are_found_along_their_list(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	config_add_extended(&config, PCI_EXT_CAP_ID_AER, 0x48);
	config_add_extended(&config, PCI_EXT_CAP_ID_ACS, 8);
	struct capability acs = find_extended(&config, PCI_EXT_CAP_ID_ACS);
	assert_int_equal(acs.state, FACT_KNOWN);
	assert_int_equal(acs.offset, 0x148);
	assert_int_equal(acs.version, 1);
	assert_absent(find_extended(&config, PCI_EXT_CAP_ID_SRIOV), false);
}

static void an_empty_extended_list_holds_nothing(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	assert_absent(find_extended(&config, PCI_EXT_CAP_ID_ACS), false);
}

static void conventional_functions_have_no_extended_space(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add(&config, PCI_CAP_ID_PM, 8);
	config_add_extended(&config, PCI_EXT_CAP_ID_ACS, 8);
	assert_absent(find_extended(&config, PCI_EXT_CAP_ID_ACS), false);
	config.length = CONFIG_CONVENTIONAL_SIZE;
	assert_absent(find_extended(&config, PCI_EXT_CAP_ID_ACS), false);
}

static void pcix_2_functions_have_it(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	put32(config_add(&config, PCI_CAP_ID_PCIX, 8) + 4, PCI_PCIX_STATUS_266MHZ);
	config_add_extended(&config, PCI_EXT_CAP_ID_AER, 8);
	assert_int_equal(find_extended(&config, PCI_EXT_CAP_ID_AER).state, FACT_KNOWN);
}

static void extended_space_that_cannot_be_reached_says_nothing(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	memset(config.bytes + 0x100, 0xff, sizeof(config.bytes) - 0x100);
	assert_unreadable(find_extended(&config, PCI_EXT_CAP_ID_ACS), ENXIO);
	config.length = CONFIG_CONVENTIONAL_SIZE;
	assert_unreadable(find_extended(&config, PCI_EXT_CAP_ID_ACS), ENXIO);
}

static void an_extended_list_that_runs_into_ones_was_not_read(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	config_add_extended(&config, PCI_EXT_CAP_ID_AER, 0x48);
	config_add_extended(&config, PCI_EXT_CAP_ID_ACS, 8);
	memset(config.bytes + 0x148, 0xff, sizeof(config.bytes) - 0x148);
	assert_int_equal(find_extended(&config, PCI_EXT_CAP_ID_AER).state, FACT_KNOWN);
	assert_unreadable(find_extended(&config, PCI_EXT_CAP_ID_ACS), EIO);
}

static void an_extended_list_that_loops_ends(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	put32(config_add_extended(&config, PCI_EXT_CAP_ID_AER, 8),
	      0x100u << 20 | 1 << 16 | PCI_EXT_CAP_ID_AER);
	assert_absent(find_extended(&config, PCI_EXT_CAP_ID_ACS), true);
}

static void an_extended_pointer_below_100_ends_the_list(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	put32(config_add_extended(&config, PCI_EXT_CAP_ID_AER, 8),
	      0x40u << 20 | 1 << 16 | PCI_EXT_CAP_ID_AER);
	assert_absent(find_extended(&config, PCI_EXT_CAP_ID_ACS), true);
}

static void config_space_that_was_cut_short_is_not_walked_further(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, 0);
	config_add_extended(&config, PCI_EXT_CAP_ID_AER, 0x48);
	config_add_extended(&config, PCI_EXT_CAP_ID_ACS, 8);
	config.length = 65;
	assert_unreadable(find(&config, PCI_CAP_ID_EXP), EIO);
	config.length = 255;
	assert_unreadable(find_extended(&config, PCI_EXT_CAP_ID_ACS), EIO);
	config.length = 257;
	assert_unreadable(find_extended(&config, PCI_EXT_CAP_ID_ACS), EIO);
	config.length = 0x14b;
	assert_int_equal(find_extended(&config, PCI_EXT_CAP_ID_AER).state, FACT_KNOWN);
	assert_unreadable(find_extended(&config, PCI_EXT_CAP_ID_ACS), EIO);
}

/* Every walk over random bytes ends within them; the sanitizers watch. */
static void any_bytes_of_any_length_can_be_walked(void **state)
{
	struct test_config config = endpoint();
	uint32_t random = 1;

	(void)state;
	for (size_t round = 0; round < 2000; round++) {
		for (size_t i = 0; i < sizeof(config.bytes); i++) {
			random = random * 1664525 + 1013904223;
			config.bytes[i] = (uint8_t)(random >> 24);
		}
		config.bytes[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
		config.bytes[PCI_HEADER_TYPE] &= 0x81;
		config.length =
			round % 3 ? random % (CONFIG_EXPRESS_SIZE + 1) : CONFIG_EXPRESS_SIZE;
		struct capability found = find(&config, PCI_CAP_ID_EXP);
		if (found.state == FACT_KNOWN)
			assert_true(found.offset >= 0x40 && found.offset + 1u < config.length);
		found = find_extended(&config, PCI_EXT_CAP_ID_SRIOV);
		if (found.state == FACT_KNOWN)
			assert_true(found.offset >= 0x100 && found.offset + 3u < config.length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_are_little_endian),
		cmocka_unit_test(a_register_that_is_not_wholly_there_is_not_read),
		cmocka_unit_test(zeros_at_the_end_need_not_be_kept),
		cmocka_unit_test(capabilities_are_found_along_the_list),
		cmocka_unit_test(the_low_bits_of_a_pointer_are_reserved),
		cmocka_unit_test(without_the_status_bit_there_is_no_list),
		cmocka_unit_test(a_cardbus_bridge_has_its_list_elsewhere),
		cmocka_unit_test(the_multifunction_bit_is_no_part_of_the_header_type),
		cmocka_unit_test(a_header_type_that_does_not_exist_is_malformed),
		cmocka_unit_test(a_list_that_loops_ends),
		cmocka_unit_test(a_pointer_into_the_header_ends_the_list),
		cmocka_unit_test(an_entry_of_id_ff_ends_the_list),
		cmocka_unit_test(a_list_that_runs_into_ones_was_not_read),
		cmocka_unit_test(a_list_that_fills_config_space_is_followed),
		cmocka_unit_test(a_reader_without_privilege_gets_the_header_only),
		cmocka_unit_test(of_a_cardbus_bridge_that_is_128_bytes),
		cmocka_unit_test(the_header_alone_can_say_that_there_are_none),
		cmocka_unit_test(what_tar_padded_with_zeros_was_not_read),
		cmocka_unit_test(a_function_that_answers_with_ones_says_nothing),
		cmocka_unit_test(zeros_are_no_function),
		cmocka_unit_test(a_vf_reads_its_ids_as_ones_and_has_capabilities),
		cmocka_unit_test(a_config_file_that_was_not_read_says_nothing),
		cmocka_unit_test(extended_capabilities_are_found_along_their_list),
		cmocka_unit_test(an_empty_extended_list_holds_nothing),
		cmocka_unit_test(conventional_functions_have_no_extended_space),
		cmocka_unit_test(pcix_2_functions_have_it),
		cmocka_unit_test(extended_space_that_cannot_be_reached_says_nothing),
		cmocka_unit_test(an_extended_list_that_runs_into_ones_was_not_read),
		cmocka_unit_test(an_extended_list_that_loops_ends),
		cmocka_unit_test(an_extended_pointer_below_100_ends_the_list),
		cmocka_unit_test(config_space_that_was_cut_short_is_not_walked_further),
		cmocka_unit_test(any_bytes_of_any_length_can_be_walked),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}

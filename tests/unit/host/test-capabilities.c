/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/capabilities.h"

#include <errno.h>
#include <pci/header.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"

static struct test_config endpoint(void)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, 0x020000);
	return config;
}

/* An endpoint with that extended capability of size bytes. */
static struct test_config with_extended(uint16_t id, size_t size)
{
	struct test_config config = endpoint();

	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	config_add_extended(&config, id, size);
	return config;
}

static uint8_t *extended(struct test_config *config)
{
	return config->bytes + CONFIG_CONVENTIONAL_SIZE;
}

static void every_port_type_is_told(void **state)
{
	(void)state;
	for (uint8_t type = 0; type < 16; type++) {
		test_row("port type %u", type);
		struct test_config config = endpoint();
		config_add_express(&config, type);
		struct config_space space = config_of(&config);
		struct express_capability express = express_decode(&space);
		assert_int_equal(express.capability.state, FACT_KNOWN);
		assert_int_equal(express.port_type, type);
		assert_false(express.slot_implemented);
		assert_false(express.flr);
	}
}

static void a_port_tells_of_its_slot_and_of_ari(void **state)
{
	struct test_config config = endpoint();
	uint8_t *registers = config_add_express(&config, PCI_EXP_TYPE_ROOT_PORT);

	(void)state;
	put16(registers + PCI_EXP_FLAGS, PCI_EXP_TYPE_ROOT_PORT << 4 | PCI_EXP_FLAGS_SLOT | 2);
	put32(registers + PCI_EXP_SLTCAP, 0x60);
	put32(registers + PCI_EXP_DEVCAP2, 1 << 5);
	put16(registers + PCI_EXP_DEVCTL2, 1 << 5);
	struct config_space space = config_of(&config);
	struct express_capability express = express_decode(&space);
	assert_true(express.slot_implemented);
	assert_int_equal(express.slot_capabilities, 0x60);
	assert_true(express.ari_forwarding_supported);
	assert_true(express.ari_forwarding_enabled);
}

static void slot_registers_mean_nothing_without_a_slot(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	put32(config_add_express(&config, PCI_EXP_TYPE_ROOT_PORT) + PCI_EXP_SLTCAP, 0x60);
	struct config_space space = config_of(&config);
	assert_int_equal(express_decode(&space).slot_capabilities, 0);
}

static void version_1_has_no_second_device_registers(void **state)
{
	struct test_config config = endpoint();
	uint8_t *registers = config_add(&config, PCI_CAP_ID_EXP, 0x14);

	(void)state;
	put16(registers + PCI_EXP_FLAGS, PCI_EXP_TYPE_ENDPOINT << 4 | 1);
	put32(registers + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_FLRESET);
	/* What lies where version 2 has DevCap2 belongs to another capability. */
	put32(registers + PCI_EXP_DEVCAP2, 0xffffffff);
	struct config_space space = config_of(&config);
	struct express_capability express = express_decode(&space);
	assert_int_equal(express.capability.state, FACT_KNOWN);
	assert_true(express.flr);
	assert_false(express.ari_forwarding_supported);
}

static void acs_has_what_is_supported_apart_from_what_is_enabled(void **state)
{
	struct test_config config = with_extended(PCI_EXT_CAP_ID_ACS, 8);

	(void)state;
	put16(extended(&config) + PCI_ACS_CAP, 0x005f);
	put16(extended(&config) + PCI_ACS_CTRL, 0x001d);
	struct config_space space = config_of(&config);
	struct acs_capability acs = acs_decode(&space);
	assert_int_equal(acs.capability.state, FACT_KNOWN);
	assert_int_equal(acs.supported, 0x5f);
	assert_int_equal(acs.enabled, 0x1d);
}

static void ari_names_the_next_function(void **state)
{
	struct test_config config = with_extended(PCI_EXT_CAP_ID_ARI, 8);

	(void)state;
	put16(extended(&config) + PCI_ARI_CAP, 0x0900);
	struct config_space space = config_of(&config);
	assert_int_equal(ari_decode(&space).next_function, 9);
}

static void ats_tells_whether_it_is_enabled(void **state)
{
	struct test_config config = with_extended(PCI_EXT_CAP_ID_ATS, 8);

	(void)state;
	struct config_space space = config_of(&config);
	assert_false(ats_decode(&space).enabled);
	put16(extended(&config) + PCI_ATS_CTRL, PCI_ATS_CTRL_ENABLE);
	assert_true(ats_decode(&space).enabled);
}

static void sriov_is_decoded_whole(void **state)
{
	struct test_config config = with_extended(PCI_EXT_CAP_ID_SRIOV, 0x40);
	uint8_t *registers = extended(&config);

	(void)state;
	put32(registers + 0x04, 0x00000001);
	put16(registers + 0x08, 0x0019);
	put16(registers + 0x0a, 0x0001);
	put16(registers + 0x0c, 62);
	put16(registers + 0x0e, 63);
	put16(registers + 0x10, 5);
	registers[0x12] = 0x81;
	put16(registers + 0x14, 384);
	put16(registers + 0x16, 2);
	put16(registers + 0x1a, 0x10ca);
	put32(registers + 0x1c, 0x553);
	put32(registers + 0x20, 1);
	put32(registers + 0x24, 0xfe00000c);
	put32(registers + 0x38, 0x12345678);
	struct config_space space = config_of(&config);
	struct sriov_capability sriov = sriov_decode(&space);
	assert_int_equal(sriov.capability.state, FACT_KNOWN);
	assert_int_equal(sriov.capabilities, 1);
	assert_int_equal(sriov.control, 0x19);
	assert_int_equal(sriov.status, 1);
	assert_int_equal(sriov.initial_vfs, 62);
	assert_int_equal(sriov.total_vfs, 63);
	assert_int_equal(sriov.num_vfs, 5);
	assert_int_equal(sriov.dependency_link, 0x81);
	assert_int_equal(sriov.first_vf_offset, 384);
	assert_int_equal(sriov.vf_stride, 2);
	assert_int_equal(sriov.vf_device_id, 0x10ca);
	assert_int_equal(sriov.supported_page_sizes, 0x553);
	assert_int_equal(sriov.system_page_size, 1);
	assert_int_equal(sriov.vf_bars[0], 0xfe00000c);
	assert_int_equal(sriov.vf_bars[5], 0x12345678);
}

static void registers_cut_off_make_the_capability_unreadable(void **state)
{
	struct test_config config = with_extended(PCI_EXT_CAP_ID_SRIOV, 0x40);

	(void)state;
	put16(extended(&config) + PCI_IOV_TOTALVF, 8);
	config.length = CONFIG_CONVENTIONAL_SIZE + 0x3b;
	struct config_space space = config_of(&config);
	struct sriov_capability sriov = sriov_decode(&space);
	assert_int_equal(sriov.capability.state, FACT_UNREADABLE);
	assert_int_equal(sriov.capability.error, EIO);
	assert_int_equal(sriov.total_vfs, 0);
	space.length++;
	assert_int_equal(sriov_decode(&space).total_vfs, 8);
}

static void what_was_not_found_decodes_to_where_it_stands(void **state)
{
	struct test_config config = endpoint();

	(void)state;
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	struct config_space space = config_of(&config);
	assert_int_equal(acs_decode(&space).capability.state, FACT_ABSENT);
	assert_int_equal(ari_decode(&space).capability.state, FACT_ABSENT);
	assert_int_equal(ats_decode(&space).capability.state, FACT_ABSENT);
	assert_int_equal(sriov_decode(&space).capability.state, FACT_ABSENT);
	space.length = CONFIG_HEADER_SIZE;
	assert_int_equal(express_decode(&space).capability.error, EPERM);
	assert_int_equal(acs_decode(&space).capability.error, EPERM);
	assert_int_equal(ari_decode(&space).capability.error, EPERM);
	assert_int_equal(ats_decode(&space).capability.error, EPERM);
	assert_int_equal(sriov_decode(&space).capability.error, EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_port_type_is_told),
		cmocka_unit_test(a_port_tells_of_its_slot_and_of_ari),
		cmocka_unit_test(slot_registers_mean_nothing_without_a_slot),
		cmocka_unit_test(version_1_has_no_second_device_registers),
		cmocka_unit_test(acs_has_what_is_supported_apart_from_what_is_enabled),
		cmocka_unit_test(ari_names_the_next_function),
		cmocka_unit_test(ats_tells_whether_it_is_enabled),
		cmocka_unit_test(sriov_is_decoded_whole),
		cmocka_unit_test(registers_cut_off_make_the_capability_unreadable),
		cmocka_unit_test(what_was_not_found_decodes_to_where_it_stands),
	};

	return cmocka_run_group_tests_name("capabilities", tests, NULL, NULL);
}

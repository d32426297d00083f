/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/pcie_type.h"

#include <pci/header.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"

static const struct type_case {
	const char *what;
	enum pcie_type above;
	uint8_t claimed;
	enum pcie_type type;
} type_cases[] = {
	{"a port below one that faces up faces down", PCIE_UPSTREAM_PORT, PCI_EXP_TYPE_DOWNSTREAM,
	 PCIE_DOWNSTREAM_PORT},
	{"a port below one that faces down faces up", PCIE_ROOT_PORT, PCI_EXP_TYPE_UPSTREAM,
	 PCIE_UPSTREAM_PORT},
	{"one that claims to face down below a root port faces up", PCIE_ROOT_PORT,
	 PCI_EXP_TYPE_DOWNSTREAM, PCIE_UPSTREAM_PORT},
	{"one that claims to face up below an upstream port faces down", PCIE_UPSTREAM_PORT,
	 PCI_EXP_TYPE_UPSTREAM, PCIE_DOWNSTREAM_PORT},
	{"below no bridge a port is what it claims", PCIE_UNKNOWN, PCI_EXP_TYPE_DOWNSTREAM,
	 PCIE_DOWNSTREAM_PORT},
	{"an endpoint is what it claims", PCIE_ROOT_PORT, PCI_EXP_TYPE_ENDPOINT, PCIE_ENDPOINT},
	{"a type that the specification does not name", PCIE_ROOT_PORT, 0xf, PCIE_RESERVED},
	{"a gap in the types", PCIE_ROOT_PORT, 0x2, PCIE_RESERVED},
};

static void a_port_has_the_type_that_the_kernel_corrects_its_claim_to(void **state)
{
	struct test_config config;

	(void)state;
	for (size_t i = 0; i < sizeof(type_cases) / sizeof(type_cases[0]); i++) {
		const struct type_case *row = &type_cases[i];
		test_row("%s", row->what);
		config_begin(&config, 0x8086, 0x3420, 0x060400);
		config_add_express(&config, row->claimed);
		const struct config_space space = config_of(&config);
		assert_int_equal(pcie_type_below(row->above, &space), row->type);
	}
}

static void what_has_no_express_capability_or_none_that_was_read_has_no_type(void **state)
{
	struct test_config config;

	(void)state;
	config_begin(&config, 0x8086, 0x244e, 0x060401);
	struct config_space space = config_of(&config);
	assert_int_equal(pcie_type_below(PCIE_UNKNOWN, &space), PCIE_NONE);
	config_add_express(&config, PCI_EXP_TYPE_ROOT_PORT);
	config.length = PCI_CAPABILITY_LIST;
	space = config_of(&config);
	assert_int_equal(pcie_type_below(PCIE_UNKNOWN, &space), PCIE_UNKNOWN);
	assert_null(pcie_type_name(PCIE_NONE));
	assert_null(pcie_type_name(PCIE_UNKNOWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_has_the_type_that_the_kernel_corrects_its_claim_to),
		cmocka_unit_test(what_has_no_express_capability_or_none_that_was_read_has_no_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

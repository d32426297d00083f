/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pcie.h"

#include <pci/header.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/paper.h"

static const struct type_case {
	const char *what;
	unsigned above; /* the type that the port above claims */
	unsigned claimed;
	const char *name;
} type_cases[] = {
	{"a port below one that faces up faces down", EXPRESS_UPSTREAM_PORT,
	 EXPRESS_DOWNSTREAM_PORT, "downstream-port"},
	{"a port below one that faces down faces up", EXPRESS_ROOT_PORT, EXPRESS_UPSTREAM_PORT,
	 "upstream-port"},
	{"one that claims to face down below a root port faces up", EXPRESS_ROOT_PORT,
	 EXPRESS_DOWNSTREAM_PORT, "upstream-port"},
	{"one that claims to face up below an upstream port faces down", EXPRESS_UPSTREAM_PORT,
	 EXPRESS_UPSTREAM_PORT, "downstream-port"},
	{"an endpoint is what it claims", EXPRESS_ROOT_PORT, EXPRESS_ENDPOINT, "endpoint"},
	{"a type that the specification does not name", EXPRESS_ROOT_PORT, 0xf, NULL},
	{"a gap in the types", EXPRESS_ROOT_PORT, 0x2, NULL},
};

static void a_port_has_the_type_that_the_kernel_corrects_its_claim_to(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(type_cases) / sizeof(type_cases[0]); i++) {
		const struct type_case *row = &type_cases[i];
		test_row("%s", row->what);
		paper->host.pci.count = 0;
		struct pci_function *above = add_express(*state, "0000:00:01.0", NULL, row->above);
		const struct pci_function *function =
			add_express(*state, "0000:01:00.0", above, row->claimed);
		const char *name = pcie_type_name(pcie_type_of(function));
		if (row->name)
			assert_string_equal(name, row->name);
		else
			assert_null(name);
	}
}

static void what_has_no_express_capability_or_none_that_was_read_has_no_type(void **state)
{
	struct pci_function *function = add_function(*state, "0000:00:1e.0", NULL);

	assert_null(pcie_type_name(pcie_type_of(function)));
	hide_capabilities(function);
	assert_null(pcie_type_name(pcie_type_of(function)));
}

static void a_port_forwards_ari_as_its_register_says_now(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	const struct pci_function *function =
		add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	uint32_t control = express_decode(&port->config).capability.offset + PCI_EXP_DEVCTL2;

	assert_true(pcie_lacks_ari_forwarding(function));
	set_config32(port, control, PCI_EXP_DEVCTL2_ARI);
	assert_false(pcie_lacks_ari_forwarding(function));
	hide_capabilities(port);
	assert_false(pcie_lacks_ari_forwarding(function));
	assert_false(pcie_lacks_ari_forwarding(port));
}

#define PAPER_TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPER_TEST(a_port_has_the_type_that_the_kernel_corrects_its_claim_to),
		PAPER_TEST(what_has_no_express_capability_or_none_that_was_read_has_no_type),
		PAPER_TEST(a_port_forwards_ari_as_its_register_says_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

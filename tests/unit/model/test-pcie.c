/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/pcie.h"

#include <pci/header.h>

#include "host/pci/capabilities.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/paper.h"

static void a_port_forwards_ari_as_its_register_says_now(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	const struct pci_function *function =
		add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	uint32_t control = express_decode(&port->config).capability.offset + PCI_EXP_DEVCTL2;

	assert_true(pcie_lacks_ari_forwarding(function));
	assert_string_equal(pcie_ari_words(port), "has no ARI forwarding");
	set_config32(port, control - PCI_EXP_DEVCTL2 + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_ARI);
	assert_true(pcie_lacks_ari_forwarding(function));
	assert_string_equal(pcie_ari_words(port), "has ARI forwarding, which is off");
	set_config32(port, control, PCI_EXP_DEVCTL2_ARI);
	assert_false(pcie_lacks_ari_forwarding(function));
	assert_string_equal(pcie_ari_words(port), "has ARI forwarding, enabled");
	hide_capabilities(port);
	assert_null(pcie_ari_words(port));
	assert_false(pcie_lacks_ari_forwarding(function));
	assert_false(pcie_lacks_ari_forwarding(port));
}

#define PAPER_TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPER_TEST(a_port_forwards_ari_as_its_register_says_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

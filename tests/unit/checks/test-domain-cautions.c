/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"

static void a_caution_of_a_function_goes_with_it(void **state)
{
	struct caution caution = {.kind = CAUTION_RESET, .why = "it is old", .remedy = "Renew it"};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:03:00.0", 1, NULL);
	struct domain_device device = hostdev_of(function);
	struct domain domain = {.name = "web", .devices = &device, .device_count = 1};

	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
	caution.evidence = &function->driver.fact;
	say_caution(paper, function, true, &caution);
	const struct finding *finding =
		expect_domain_finding(paper, &domain, "domain-cautions.caution", FINDING_WARN,
				      "web uses 0000:03:00.0: it is old");
	assert_string_equal(finding->remedy, "Renew it");
}

static void a_card_that_the_domain_has_whole_is_not_split(void **state)
{
	struct caution caution = {.kind = CAUTION_SPLIT_DEVICE, .why = "it is split"};
	struct paper *paper = *state;
	const struct pci_function *card = add_device(paper, "0000:03:00.0", 1, NULL);
	struct domain_device devices[] = {
		hostdev_of(card),
		hostdev_of(add_device(paper, "0000:03:00.1", 2, NULL)),
	};
	struct domain domain = {.name = "web", .devices = devices, .device_count = 1};

	caution.evidence = &card->driver.fact;
	say_caution(paper, card, true, &caution);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 1);
	domain.device_count = 2;
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
}

static void integrated_graphics_in_their_place_are_fine(void **state)
{
	struct caution caution = {.kind = CAUTION_IGD, .why = "it is choosy"};
	struct paper *paper = *state;
	const struct pci_function *igd = add_device(paper, "0000:00:02.0", 1, NULL);
	struct domain_device device = hostdev_of(igd);
	struct domain domain = {.name = "web", .devices = &device, .device_count = 1};

	caution.evidence = &igd->driver.fact;
	say_caution(paper, igd, true, &caution);
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 1);
	device.place = DOMAIN_PLACE_PCI;
	device.guest = (struct pci_address){.device = 2};
	assert_int_equal(judge_domains(paper, "domain-cautions", &domain, 1)->count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_caution_of_a_function_goes_with_it),
		TEST(a_card_that_the_domain_has_whole_is_not_split),
		TEST(integrated_graphics_in_their_place_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

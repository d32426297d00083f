/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define ID(name) "migration." name

static struct vfio_variant variant = {0x15b3, 0x101e, "mlx5_vfio_pci"};

static struct findings *judge_driver(struct paper *paper, uint16_t device, const char *driver)
{
	struct pci_function *function = add_function(paper, "0000:01:00.2", NULL);

	function->path = "/sys/devices/pci0000:00/0000:01:00.2";
	set_ids(function, 0x15b3, device);
	set_driver(function, driver);
	paper->host.modules.variants = &variant;
	paper->host.modules.variant_count = 1;
	return judge(paper->arena, "migration", &paper->host);
}

static void function_of_the_host_pins_no_guest(void **state)
{
	expect_finding(judge_driver(*state, 0x101e, "mlx5_core"), ID("none"),
		       FINDING_NOT_APPLICABLE);
}

static void function_on_vfio_pci_pins_its_guest(void **state)
{
	expect_finding(judge_driver(*state, 0x1019, "vfio-pci"), ID("pinned"),
		       FINDING_NOT_APPLICABLE);
}

static void variant_driver_that_is_not_used_is_named(void **state)
{
	const struct finding *finding = expect_finding(judge_driver(*state, 0x101e, "vfio-pci"),
						       ID("variant-unused"), FINDING_WARN);

	assert_string_equal(finding->remedy, "Bind it to mlx5_vfio_pci");
}

static void function_on_its_variant_driver_passes(void **state)
{
	expect_finding(judge_driver(*state, 0x101e, "mlx5_vfio_pci"), ID("variant"), FINDING_PASS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(function_of_the_host_pins_no_guest),
		TEST(function_on_vfio_pci_pins_its_guest),
		TEST(variant_driver_that_is_not_used_is_named),
		TEST(function_on_its_variant_driver_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
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

/* Its ops have nothing for migration: drivers/vfio/pci/nvgrace-gpu/main.c. */
static void a_variant_that_only_gives_a_gpu_its_memory_pins_its_guest(void **state)
{
	static const char *const drivers[] = {"vfio-pci", "nvgrace_gpu_vfio_pci"};
	static struct vfio_variant grace = {0x10de, 0x2342, "nvgrace_gpu_vfio_pci"};
	struct paper *paper = *state;
	struct pci_function *gpu = add_function(paper, "0009:01:00.0", NULL);

	set_ids(gpu, 0x10de, 0x2342);
	paper->host.modules.variants = &grace;
	paper->host.modules.variant_count = 1;
	for (size_t i = 0; i < ARRAY_LENGTH(drivers); i++) {
		test_row("%s", drivers[i]);
		set_driver(gpu, drivers[i]);
		expect_finding(judge(paper->arena, "migration", &paper->host), ID("pinned"),
			       FINDING_NOT_APPLICABLE);
	}
}

/* A PF whose VFs have that device id, and what modules.alias says of it. */
static struct findings *judge_pf(struct paper *paper, uint16_t vf_device, bool aliases_read)
{
	static struct test_config config;
	struct pci_function *pf = add_function(paper, "0000:01:00.0", NULL);

	config_begin(&config, 0x15b3, 0x101d, 0x020000);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	uint8_t *sriov = config_add_sriov(&config, 8);
	put16(sriov + PCI_IOV_DID, vf_device);
	pf->config = config_of(&config);
	set_ids(pf, 0x15b3, 0x101d);
	set_driver(pf, "mlx5_core");
	pf->sriov.totalvfs = (struct fact_number){.fact = known("sriov_totalvfs"), .value = 8};
	paper->host.modules.variants = &variant;
	paper->host.modules.variant_count = aliases_read;
	paper->host.modules.variants_fact =
		aliases_read ? known("modules.alias") : unreadable("modules.alias", 13);
	return judge(paper->arena, "migration", &paper->host);
}

static void whether_vfs_migrate_is_told_before_there_are_any(void **state)
{
	const struct finding *finding =
		expect_finding(judge_pf(*state, 0x101e, true), ID("vfs-migrate"), FINDING_PASS);

	assert_non_null(strstr(finding->summary, "mlx5_vfio_pci"));
}

static void vfs_without_a_variant_driver_pin_their_guests(void **state)
{
	expect_finding(judge_pf(*state, 0x1018, true), ID("vfs-pin"), FINDING_NOT_APPLICABLE);
}

static void aliases_that_were_not_read_tell_nothing(void **state)
{
	struct findings *findings = judge_pf(*state, 0x101e, false);

	assert_null(finding_of(findings, ID("vfs-pin")));
	assert_null(finding_of(findings, ID("vfs-migrate")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(function_of_the_host_pins_no_guest),
		TEST(function_on_vfio_pci_pins_its_guest),
		TEST(variant_driver_that_is_not_used_is_named),
		TEST(function_on_its_variant_driver_passes),
		TEST(a_variant_that_only_gives_a_gpu_its_memory_pins_its_guest),
		TEST(whether_vfs_migrate_is_told_before_there_are_any),
		TEST(vfs_without_a_variant_driver_pin_their_guests),
		TEST(aliases_that_were_not_read_tell_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

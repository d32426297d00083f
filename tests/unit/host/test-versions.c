/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/versions.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

#define NVME "/sys/devices/pci0000:00/0000:00:01.0"
#define NIC  "/sys/devices/pci0000:00/0000:00:02.0"
#define IDLE "/sys/devices/pci0000:00/0000:00:03.0"

static void add_function(const struct tree *tree, const char *path, const char *class_code,
			 const char *driver)
{
	struct arena *arena = tree->arena;

	tree_file(tree, arena_printf(arena, "%s/class", path), class_code);
	tree_file(tree, arena_printf(arena, "%s/vendor", path), "0x8086\n");
	tree_link(tree, arena_printf(arena, "/sys/bus/pci/devices/%s", strrchr(path, '/') + 1),
		  arena_printf(arena, "../../../devices%s", path + strlen("/sys/devices")));
	if (driver)
		tree_link(tree, arena_printf(arena, "%s/driver", path),
			  arena_printf(arena, "../../../bus/pci/drivers/%s", driver));
}

static void drivers_and_devices_tell_their_versions(void **state)
{
	struct tree *tree = *state;

	add_function(tree, NVME, "0x010802\n", "nvme");
	tree_file(tree, NVME "/nvme/nvme0/firmware_rev", "7.2.22  \n");
	tree_file(tree, "/sys/bus/pci/drivers/nvme/module/version", "1.0\n");
	add_function(tree, NIC, "0x020000\n", "mlx5_core");
	tree_file(tree, NIC "/infiniband/mlx5_0/fw_ver", "22.39.2048\n");
	add_function(tree, IDLE, "0x020000\n", NULL);
	const struct host *host = tree_host(tree);
	const struct pci *pci = &host->pci;
	assert_int_equal(pci->count, 3);
	assert_string_equal(pci_driver_version(&host->versions, &pci->functions[0])->text, "1.0");
	assert_string_equal(pci->functions[0].firmware_version.text, "7.2.22");
	assert_false(fact_known(&pci_driver_version(&host->versions, &pci->functions[1])->fact));
	assert_string_equal(pci->functions[1].firmware_version.text, "22.39.2048");
	assert_null(pci_driver_version(&host->versions, &pci->functions[2]));
	assert_false(fact_known(&pci->functions[2].firmware_version.fact));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(drivers_and_devices_tell_their_versions, tree_setup,
						tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

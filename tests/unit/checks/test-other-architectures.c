/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of hosts whose architecture is neither x86 nor Arm, on trees as such hosts show
 * them. */
#include <linux/pci_regs.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/judge.h"

enum { ETHERNET = 0x020000, BRIDGE_PCI = 0x060400, MELLANOX = 0x15b3, IBM = 0x1014 };

#define GROUPS "/sys/kernel/iommu_groups"

static void make_host(const struct tree *tree, const char *release, const char *cpuinfo)
{
	tree_file(tree, "/dev/kvm", "");
	tree_file(tree, "/proc/cpuinfo", cpuinfo);
	tree_file(tree, "/proc/sys/kernel/osrelease", arena_printf(tree->arena, "%s\n", release));
	tree_file(tree, "/proc/cmdline", "root=/dev/sda1 ro\n");
	tree_file(tree, arena_printf(tree->arena, "/lib/modules/%s/modules.dep", release),
		  "kernel/drivers/vfio/vfio.ko:\nkernel/drivers/vfio/pci/vfio-pci.ko:\n"
		  "kernel/drivers/vfio/vfio_iommu_type1.ko:\n"
		  "kernel/drivers/vfio/vfio_iommu_spapr_tce.ko:\n");
	tree_file(tree, arena_printf(tree->arena, "/lib/modules/%s/modules.builtin", release), "");
}

static void tree_unit(const struct tree *tree, const char *unit, const char *path)
{
	const char *folder = arena_printf(tree->arena, "/sys/devices/virtual/iommu/%s", unit);

	tree_link(tree, arena_printf(tree->arena, "%s/devices/%s", folder, strrchr(path, '/') + 1),
		  path);
	tree_link(tree, arena_printf(tree->arena, "/sys/class/iommu/%s", unit), folder);
	tree_link(tree, arena_printf(tree->arena, "%s/iommu", path), folder);
}

static void add_reserved(const struct tree *tree, unsigned group, const char *lines)
{
	tree_file(tree, arena_printf(tree->arena, GROUPS "/%u/reserved_regions", group), lines);
}

/* A partition of an IBM z15 with the two ports of an adapter: one slot, and nothing above. */
static void make_s390(const struct tree *tree)
{
	static const char *const names[] = {"0000:00:00.0", "0000:00:00.1"};
	struct test_config config;

	make_host(tree, "6.8.0-31-generic",
		  "vendor_id       : IBM/S390\n# processors    : 4\n"
		  "features\t: esan3 zarch stfle msa ldisp eimm dfp edat etf3eh te vx sie \n"
		  "processor 0: version = 00,  identification = 1234E8,  machine = 8561\n");
	for (unsigned i = 0; i < 2; i++) {
		config_begin(&config, MELLANOX, 0x1016, ETHERNET);
		config.bytes[PCI_HEADER_TYPE] = 0x80;
		config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
		const char *path =
			tree_function(tree, "/sys/devices/pci0000:00", names[i], &config);
		tree_driver(tree, path, "mlx5_core");
		tree_attribute(tree, path, "reset_method", "bus\n");
		tree_group(tree, path, i);
		add_reserved(tree, i, "0x0000000000000000 0x000000007fffffff reserved\n");
		tree_unit(tree, arena_printf(tree->arena, "s390-iommu.%08x", 0x100 + i), path);
	}
}

/* A POWER9 without a hypervisor: its root ports have ACS, which the kernel leaves off, and its
 * firmware forms the groups. */
static void make_power9(const struct tree *tree)
{
	struct test_config config;

	make_host(tree, "6.12.43+deb13-powerpc64le",
		  "processor\t: 0\ncpu\t\t: POWER9, altivec supported\n"
		  "clock\t\t: 3800.000000MHz\nrevision\t: 2.3 (pvr 004e 1203)\n\n"
		  "timebase\t: 512000000\nplatform\t: PowerNV\nmodel\t\t: 9006-22P\n"
		  "machine\t\t: PowerNV 9006-22P\nfirmware\t: OPAL\nMMU\t\t: Radix\n");
	tree_bytes(tree, "/sys/firmware/devicetree/base/compatible", "ibm,powernv", 12);
	config_begin(&config, IBM, 0x04c1, BRIDGE_PCI);
	config.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	config.bytes[PCI_SECONDARY_BUS] = 1;
	config.bytes[PCI_SUBORDINATE_BUS] = 1;
	config_add_express(&config, PCI_EXP_TYPE_ROOT_PORT);
	put16(config_add_extended(&config, PCI_EXT_CAP_ID_ACS, 8) + PCI_ACS_CAP, 0x5f);
	const char *port = tree_function(tree, "/sys/devices/pci0000:00", "0000:00:00.0", &config);
	config_begin(&config, MELLANOX, 0x1017, ETHERNET);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	const char *nic = tree_function(tree, port, "0000:01:00.0", &config);
	tree_driver(tree, nic, "mlx5_core");
	tree_attribute(tree, nic, "reset_method", "flr bus\n");
	tree_group(tree, port, 0);
	tree_group(tree, nic, 1);
	tree_unit(tree, "iommu-phb0000", nic);
	add_reserved(tree, 0, "");
	add_reserved(tree, 1, "");
}

struct said {
	void (*make)(const struct tree *tree);
	const char *id;
	enum finding_verdict verdict;
	const char *words; /* in its summary; NULL: any */
};

static const struct said said[] = {
	{make_s390, "interrupt-remapping.other-architecture", FINDING_NOT_APPLICABLE,
	 "s390x isolates the interrupts of every function"},
	{make_s390, "dma-units.covered", FINDING_PASS, "each of 2 functions"},
	{make_s390, "iommu-groups.present", FINDING_PASS, "2 of 2"},
	{make_s390, "isolation.isolated", FINDING_PASS, NULL},
	{make_s390, "reserved-memory.none", FINDING_PASS, NULL},
	{make_s390, "kernel-cmdline.iommu-on", FINDING_PASS, NULL},
	{make_s390, "vfio-driver.present", FINDING_PASS, "vfio_iommu_type1"},
	{make_s390, "assignability.assignable", FINDING_PASS, "0000:00:00.0"},
	{make_s390, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE, NULL},
	{make_s390, "acpi-iort.not-applicable", FINDING_NOT_APPLICABLE, NULL},
	{make_s390, "sriov.none", FINDING_NOT_APPLICABLE, NULL},
	{make_s390, "kvm.other-architecture", FINDING_NOT_APPLICABLE, NULL},
	{make_power9, "interrupt-remapping.other-architecture", FINDING_NOT_APPLICABLE,
	 "VFIO does not ask for interrupt remapping on ppc64"},
	{make_power9, "dma-units.covered", FINDING_PASS, "1 function"},
	{make_power9, "iommu-groups.present", FINDING_PASS, "2 of 2"},
	{make_power9, "isolation.isolated", FINDING_PASS, NULL},
	{make_power9, "reserved-memory.none", FINDING_PASS, NULL},
	{make_power9, "kernel-cmdline.iommu-on", FINDING_PASS, NULL},
	{make_power9, "vfio-driver.present", FINDING_PASS, "vfio_iommu_spapr_tce"},
	{make_power9, "assignability.assignable", FINDING_PASS, "0000:01:00.0"},
	{make_power9, "acpi-dmar.not-applicable", FINDING_NOT_APPLICABLE, NULL},
	{make_power9, "acpi-ivrs.not-applicable", FINDING_NOT_APPLICABLE, NULL},
	{make_power9, "cpu-virtualization.other-architecture", FINDING_NOT_APPLICABLE, NULL},
	{make_power9, "kvm.other-architecture", FINDING_NOT_APPLICABLE, NULL},
};

static const char *check_of(struct arena *arena, const char *id)
{
	return arena_copy(arena, id, strcspn(id, "."));
}

/* Nothing else than what is true: none of these checks complains. */
static void what_is_said_of_such_hosts_is_true(void **state)
{
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		test_row("%zu: %s", i, said[i].id);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		said[i].make(tree);
		const struct findings *findings =
			judge(tree->arena, check_of(tree->arena, said[i].id), tree_host(tree));
		const struct finding *finding =
			expect_finding(findings, said[i].id, said[i].verdict);
		if (said[i].words)
			assert_non_null(strstr(finding->summary, said[i].words));
		for (const struct finding *it = findings->first; it; it = it->next)
			assert_false(it->verdict == FINDING_FAIL || it->verdict == FINDING_UNKNOWN);
		assert_int_equal(tree_teardown(state), 0);
	}
}

/* No port merges them, and no slot or kernel parts them. */
static void a_group_that_firmware_forms_is_called_so(void **state)
{
	struct tree *tree = *state;
	struct test_config config;

	make_power9(tree);
	config_begin(&config, MELLANOX, 0x1017, ETHERNET);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	const char *other = tree_function(tree, "/sys/devices/pci0000:00", "0000:00:01.0", &config);
	tree_group(tree, other, 1);
	const struct finding *finding =
		expect_finding(judge(tree->arena, "isolation", tree_host(tree)),
			       "isolation.shared-group", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "in a group that firmware formed"));
	assert_non_null(strstr(finding->remedy, "assign the whole group to one guest"));
	assert_null(strstr(finding->remedy, "slot"));
}

static void a_group_of_several_functions_on_s390_has_no_advice_of_other_kernels(void **state)
{
	struct tree *tree = *state;
	struct test_config config;

	make_s390(tree);
	config_begin(&config, MELLANOX, 0x1016, ETHERNET);
	const char *other = tree_function(tree, "/sys/devices/pci0002:00", "0002:00:00.0", &config);
	tree_group(tree, other, 0);
	const struct finding *finding =
		expect_finding(judge(tree->arena, "isolation", tree_host(tree)),
			       "isolation.differs", FINDING_WARN);
	assert_null(strstr(finding->remedy, "6.12"));
	assert_non_null(strstr(finding->remedy, "reboot"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_of_such_hosts_is_true),
		cmocka_unit_test_setup_teardown(a_group_that_firmware_forms_is_called_so,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(
			a_group_of_several_functions_on_s390_has_no_advice_of_other_kernels,
			tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

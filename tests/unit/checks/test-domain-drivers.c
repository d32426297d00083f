/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

static struct domain with_device(struct paper *paper)
{
	struct domain_device *device = arena_alloc(paper->arena, sizeof(*device));

	assert_non_null(device);
	*device = hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL));
	device->line = 7;
	return (struct domain){.name = "vm", .devices = device, .device_count = 1};
}

static void only_vfio_is_left_of_the_backends(void **state)
{
	struct paper *paper = *state;
	struct domain domain = with_device(paper);

	domain.devices[0].backend = "vfio";
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
	domain.devices[0].backend = "kvm";
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-drivers.no-backend", FINDING_FAIL,
		"vm asks for 0000:01:00.0 by <driver name='kvm'>, not by VFIO");
	assert_true(has_evidence(finding, "line 7 of its description"));
}

static void iommufd_needs_its_device(void **state)
{
	struct paper *paper = *state;
	struct domain domain = with_device(paper);
	struct fact_node *node = &paper->host.hypervisor.iommufd;

	node->fact = absent("/dev/iommu");
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
	domain.devices[0].iommufd = true;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-drivers.no-iommufd", FINDING_FAIL,
		"vm opens 0000:01:00.0 through /dev/iommu, which the host does not have");
	assert_true(has_evidence(finding, "/dev/iommu"));
	node->fact = unreadable("/dev/iommu", 13);
	expect_domain_finding(paper, &domain, "domain-drivers.unread", FINDING_UNKNOWN,
			      "vm opens 0000:01:00.0 through /dev/iommu; whether the host has that "
			      "could not be read");
	paper_kconfig(paper, "CONFIG_VFIO=y\n");
	expect_domain_finding(paper, &domain, "domain-drivers.no-iommufd", FINDING_FAIL,
			      "vm opens 0000:01:00.0 through /dev/iommu, which the host's kernel "
			      "does not have");
}

static void iommufd_needs_the_devices_own_node(void **state)
{
	struct paper *paper = *state;
	struct domain domain = with_device(paper);

	domain.devices[0].iommufd = true;
	paper->host.hypervisor.iommufd =
		(struct fact_node){.fact = known("/dev/iommu"), .mode = S_IFCHR | 0600};
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
	paper_kconfig(paper, "CONFIG_IOMMUFD=m\nCONFIG_VFIO_GROUP=y\nCONFIG_VFIO_CONTAINER=y\n");
	expect_domain_finding(paper, &domain, "domain-drivers.no-iommufd", FINDING_FAIL,
			      "vm opens 0000:01:00.0 through /dev/vfio/devices, which the host's "
			      "kernel does not have (CONFIG_VFIO_DEVICE_CDEV)");
	paper_kconfig(paper, "CONFIG_IOMMUFD=m\nCONFIG_VFIO_GROUP=y\nCONFIG_VFIO_CONTAINER=y\n"
			     "CONFIG_VFIO_DEVICE_CDEV=y\n");
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
}

/* The folder of the nodes comes with the first function that a driver of VFIO has. */
static void a_function_on_vfio_without_a_node_shows_that_there_are_none(void **state)
{
	struct paper *paper = *state;
	static const char *const device[] = {"vfio0"};
	struct domain domain = with_device(paper);

	domain.devices[0].iommufd = true;
	paper->host.hypervisor.iommufd =
		(struct fact_node){.fact = known("/dev/iommu"), .mode = S_IFCHR | 0600};
	paper->host.hypervisor.vfio_devices.fact = absent("/dev/vfio/devices");
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
	paper->host.pci.functions[0].vfio_devices =
		(struct fact_list){.fact = known("vfio-dev"), .names = device, .count = 1};
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-drivers.no-iommufd", FINDING_FAIL,
		"vm opens 0000:01:00.0 through /dev/vfio/devices, which the host's kernel does not "
		"have (CONFIG_VFIO_DEVICE_CDEV)");
	assert_true(has_evidence(finding, "/dev/vfio/devices"));
	paper->host.hypervisor.vfio_devices.fact = known("/dev/vfio/devices");
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
	struct fact_number *qemu = &paper->host.hypervisor.qemu_version;
	*qemu = (struct fact_number){.fact = known("capabilities"), .value = 8002000};
	expect_domain_finding(
		paper, &domain, "domain-drivers.no-iommufd", FINDING_FAIL,
		"vm opens 0000:01:00.0 through /dev/iommu, which the host's QEMU does "
		"not know");
	qemu->value = 9000000;
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
}

static void a_kernel_without_groups_needs_iommufd(void **state)
{
	struct paper *paper = *state;
	struct domain domain = with_device(paper);

	paper_kconfig(paper, "CONFIG_VFIO_DEVICE_CDEV=y\nCONFIG_IOMMUFD=y\n");
	expect_domain_finding(paper, &domain, "domain-drivers.needs-iommufd", FINDING_FAIL,
			      "vm opens 0000:01:00.0 through its group, which the host's kernel "
			      "does not offer");
	domain.devices[0].iommufd = true;
	paper->host.hypervisor.iommufd =
		(struct fact_node){.fact = known("/dev/iommu"), .mode = S_IFCHR | 0600};
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
}

/* The first function is 1234:0001. */
static void a_variant_driver_is_there_and_for_the_device(void **state)
{
	static const char *const available[] = {"mlx5_vfio_pci"};
	static struct vfio_variant variant = {
		.vendor = 0x1234, .device = 2, .module = "mlx5_vfio_pci"};
	struct paper *paper = *state;
	struct domain domain = with_device(paper);
	struct modules *modules = &paper->host.modules;

	modules->loaded.fact = known("/proc/modules");
	modules->builtin.fact = known("modules.builtin");
	modules->available =
		(struct fact_list){.fact = known("modules.dep"), .names = available, .count = 1};
	modules->variants_fact = known("modules.alias");
	modules->variants = &variant;
	modules->variant_count = 1;
	domain.devices[0].variant = "hisi_acc_vfio_pci";
	expect_domain_finding(paper, &domain, "domain-drivers.no-variant", FINDING_FAIL,
			      "vm has 0000:01:00.0 bound to hisi_acc_vfio_pci, which the host's "
			      "kernel does not have");
	domain.devices[0].variant = "nvme";
	expect_domain_finding(paper, &domain, "domain-drivers.no-variant", FINDING_FAIL,
			      "vm has 0000:01:00.0 bound to nvme, which is no driver of VFIO");
	domain.devices[0].variant = "mlx5-vfio-pci";
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-drivers.unfit-variant", FINDING_WARN,
		"vm has 0000:01:00.0 bound to mlx5-vfio-pci, which is not for that device");
	assert_true(has_evidence(finding, "modules.alias"));
	variant.device = 1;
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
	variant.device = 2;
	modules->variants_fact = unreadable("modules.alias", 13);
	expect_domain_finding(paper, &domain, "domain-drivers.unread", FINDING_UNKNOWN,
			      "vm has 0000:01:00.0 bound to mlx5-vfio-pci; whether that is for the "
			      "device could not be read");
	modules->available.fact = unreadable("modules.dep", 13);
	modules->available.count = 0;
	expect_domain_finding(paper, &domain, "domain-drivers.unread", FINDING_UNKNOWN,
			      "vm has 0000:01:00.0 bound to mlx5-vfio-pci; whether the kernel has "
			      "that could not be read");
	set_driver(&paper->host.pci.functions[0], "mlx5_vfio_pci");
	assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count, 0);
}

/* vfio_vga_disabled() of drivers/vfio/pci/vfio_pci_core.c; print_hostpci_devices() of Proxmox VE.
 */
static void vga_ports_want_a_vga_controller_and_a_driver_that_offers_them(void **state)
{
	static const struct {
		uint32_t class_code;
		const char *kconfig;
		const char *disabled;
		bool proxmox, uefi;
		const char *why; /* NULL: nothing is wrong */
	} rows[] = {
		{.class_code = 0x030000, .kconfig = "CONFIG_VFIO_PCI_VGA=y\n"},
		{.class_code = 0x030000, .disabled = "N\n"},
		{.class_code = 0x030000, .disabled = "Y\n", .why = "its option disable_vga is set"},
		{.class_code = 0x030200, .why = "it is no VGA controller"},
		{.class_code = 0x030000,
		 .kconfig = "CONFIG_VFIO=y\n",
		 .why = "the kernel is built without CONFIG_VFIO_PCI_VGA"},
		{.class_code = 0x030200, .proxmox = true, .why = "it is no VGA controller"},
		{.class_code = 0x030200, .proxmox = true, .uefi = true},
	};
	struct paper *paper = *state;
	struct domain domain = with_device(paper);

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("row %zu", i);
		set_class(&paper->host.pci.functions[0], rows[i].class_code);
		paper_kconfig(paper, rows[i].kconfig ? rows[i].kconfig : "CONFIG_VFIO_PCI_VGA=y\n");
		paper->host.modules.vfio_pci_no_vga =
			known_text("disable_vga", rows[i].disabled ? rows[i].disabled : "N\n");
		domain.uefi = rows[i].uefi;
		domain.devices[0].wants_vga = !rows[i].proxmox;
		domain.devices[0].x_vga = rows[i].proxmox;
		if (!rows[i].why) {
			assert_int_equal(judge_domains(paper, "domain-drivers", &domain, 1)->count,
					 0);
			continue;
		}
		expect_domain_finding(
			paper, &domain, "domain-drivers.no-vga", FINDING_FAIL,
			arena_printf(paper->arena,
				     "vm wants the VGA ports of 0000:01:00.0 (x-vga), "
				     "which vfio-pci does not offer: %s",
				     rows[i].why));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_vfio_is_left_of_the_backends),
		TEST(iommufd_needs_its_device),
		TEST(iommufd_needs_the_devices_own_node),
		TEST(a_function_on_vfio_without_a_node_shows_that_there_are_none),
		TEST(a_kernel_without_groups_needs_iommufd),
		TEST(a_variant_driver_is_there_and_for_the_device),
		TEST(vga_ports_want_a_vga_controller_and_a_driver_that_offers_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

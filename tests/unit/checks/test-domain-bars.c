/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

#define GIB (UINT64_C(1) << 30)

/* linux/ioport.h: memory, prefetchable, 64 bits. */
enum { WIDE = 0x142200, NARROW = 0x40200 };

static struct pci_function *add_gpu(struct paper *paper, struct pci_resource *lines, uint64_t bytes)
{
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	lines[0] = (struct pci_resource){.start = 0xf0000000, .end = 0xf0ffffff, .flags = NARROW};
	lines[1] = (struct pci_resource){
		.start = 64 * GIB, .end = 64 * GIB + bytes - 1, .flags = WIDE};
	function->resources =
		(struct pci_resources){.fact = known("resource"), .lines = lines, .count = 2};
	return function;
}

static void bars_must_fit_what_uefi_sets_aside(void **state)
{
	static const struct {
		enum cpu_vendor vendor;
		unsigned host_bits;
		uint64_t bars;
		struct domain domain;
		const char *window; /* MiB; NULL: nothing is wrong */
	} rows[] = {
		{CPU_INTEL, 46, 33 * GIB, {.uefi = true, .machine = "q35"}, "32768"},
		{CPU_INTEL, 46, 33 * GIB, {.uefi = true, .machine = "pc-i440fx-9.2"}, "32768"},
		{CPU_INTEL, 46, 32 * GIB, {.uefi = true, .machine = "q35"}, NULL},
		{CPU_INTEL, 46, 33 * GIB, {.machine = "q35"}, NULL},
		{CPU_INTEL, 46, 33 * GIB, {.uefi = true, .machine = "virt"}, NULL},
		{CPU_INTEL, 46, 33 * GIB, {.uefi = true}, NULL},
		{CPU_OTHER, 46, 33 * GIB, {.uefi = true, .machine = "q35"}, NULL},
		{CPU_INTEL,
		 46,
		 33 * GIB,
		 {.uefi = true, .machine = "q35", .cpu_mode = "host-passthrough"},
		 NULL},
		{CPU_INTEL,
		 0,
		 33 * GIB,
		 {.uefi = true, .machine = "q35", .cpu_mode = "host-passthrough"},
		 NULL},
		{CPU_INTEL,
		 39,
		 129 * GIB,
		 {.uefi = true, .machine = "q35", .cpu_mode = "host-passthrough"},
		 "131072"},
		{CPU_INTEL,
		 46,
		 129 * GIB,
		 {.uefi = true,
		  .machine = "q35",
		  .cpu_mode = "host-passthrough",
		  .address_limit = 39},
		 "131072"},
		{CPU_INTEL,
		 46,
		 33 * GIB,
		 {.uefi = true, .machine = "q35", .cpu_mode = "host-model"},
		 NULL},
		{CPU_INTEL, 46, 33 * GIB, {.uefi = true, .machine = "pc-q35-rhel9.4.0"}, NULL},
		{CPU_INTEL,
		 46,
		 33 * GIB,
		 {.uefi = true, .machine = "q35", .address_bits = 42},
		 NULL},
		{CPU_INTEL,
		 46,
		 33 * GIB,
		 {.uefi = true, .machine = "q35", .host_address_bits = true},
		 NULL},
		{CPU_AMD, 48, 33 * GIB, {.uefi = true, .machine = "q35"}, NULL},
		{CPU_AMD, 48, 257 * GIB, {.uefi = true, .machine = "q35"}, "262144"},
		{CPU_INTEL,
		 46,
		 33 * GIB,
		 {.uefi = true, .machine = "q35", .bar_window = 64 * GIB},
		 NULL},
		{CPU_INTEL,
		 46,
		 65 * GIB,
		 {.uefi = true,
		  .machine = "q35",
		  .cpu_mode = "host-passthrough",
		  .bar_window = 64 * GIB},
		 "65536"},
	};
	struct paper *paper = *state;
	struct pci_resource lines[2];
	struct pci_function *function = add_gpu(paper, lines, GIB);
	struct domain_device device = hostdev_of(function);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = rows[i].domain;
		test_row("row %zu", i);
		paper->host.cpu.vendor = rows[i].vendor;
		paper->host.cpu.physical_bits = rows[i].host_bits;
		lines[1].end = lines[1].start + rows[i].bars - 1;
		domain.name = "vm";
		domain.devices = &device;
		domain.device_count = 1;
		if (!rows[i].window) {
			assert_int_equal(judge_domains(paper, "domain-bars", &domain, 1)->count, 0);
			continue;
		}
		expect_domain_finding(
			paper, &domain, "domain-bars.window", FINDING_WARN,
			arena_printf(paper->arena,
				     "64-bit BARs of what vm uses take %llu MiB, and UEFI in the "
				     "guest (OVMF) sets %s MiB aside for them: not all get an "
				     "address",
				     (unsigned long long)(rows[i].bars >> 20), rows[i].window));
	}
}

static void the_remedy_is_of_the_guests_stack(void **state)
{
	struct paper *paper = *state;
	struct pci_resource lines[2];
	struct domain_device device = hostdev_of(add_gpu(paper, lines, 48 * GIB));
	struct domain domain = {.name = "vm",
				.machine = "q35",
				.uefi = true,
				.devices = &device,
				.device_count = 1};

	paper->host.cpu.vendor = CPU_INTEL;
	assert_string_equal(judge_domains(paper, "domain-bars", &domain, 1)->first->remedy,
			    "Give the guest the host's processor (<cpu mode='host-passthrough'/>), "
			    "or QEMU -fw_cfg name=opt/ovmf/X-PciMmio64Mb,string=131072");
	domain.other_stack = true;
	assert_string_equal(judge_domains(paper, "domain-bars", &domain, 1)->first->remedy,
			    "Give the guest the host's processor (-cpu host, in Proxmox VE cpu: "
			    "host), or QEMU -fw_cfg name=opt/ovmf/X-PciMmio64Mb,string=131072");
	domain.bar_window = 32 * GIB;
	assert_string_equal(judge_domains(paper, "domain-bars", &domain, 1)->first->remedy,
			    "Raise opt/ovmf/X-PciMmio64Mb to 131072");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bars_must_fit_what_uefi_sets_aside),
		TEST(the_remedy_is_of_the_guests_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

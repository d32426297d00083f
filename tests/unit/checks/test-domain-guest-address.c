/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

struct place_case {
	const char *id; /* NULL: nothing is wrong */
	struct pci_address place;
	struct domain_device other; /* in line 3 */
	const char *what;           /* the end of the summary */
	const char *remedy;
};

#define PORT(number)                                                                               \
	{                                                                                          \
		.kind = DOMAIN_DEVICE_CONTROLLER, .model = "pcie-root-port", .has_index = true,    \
		.index = (number)                                                                  \
	}
#define DISK_AT(...)                                                                               \
	{                                                                                          \
		.element = "disk", .line = 3, .place = DOMAIN_PLACE_PCI, .guest = { __VA_ARGS__ }  \
	}

/* libvirt, src/conf/domain_addr.c; QEMU, pci_init_multifunction(). */
static const struct place_case place_cases[] = {
	{.place = {.bus = 5}, .other = PORT(5)},
	{"domain-guest-address.no-such-slot",
	 {.bus = 5, .device = 1},
	 PORT(5),
	 "0000:05:01.0, a slot that the bus of a pcie-root-port does not have",
	 "Choose slot 0"},
	{"domain-guest-address.no-such-slot",
	 {.bus = 6},
	 {.kind = DOMAIN_DEVICE_CONTROLLER, .model = "pci-bridge", .has_index = true, .index = 6},
	 "0000:06:00.0, a slot that the bus of a pci-bridge does not have",
	 "Choose a slot from 1 to 31"},
	{"domain-guest-address.no-endpoints",
	 {.bus = 7},
	 {.kind = DOMAIN_DEVICE_CONTROLLER,
	  .model = "pcie-expander-bus",
	  .has_index = true,
	  .index = 7},
	 "0000:07:00.0, on the bus of a pcie-expander-bus, which takes ports only",
	 "Put a port on that bus (a pcie-root-port on an expander bus, a "
	 "pcie-switch-downstream-port behind an upstream port), and the device behind it"},
	{"domain-guest-address.taken",
	 {.bus = 5},
	 DISK_AT(.bus = 5),
	 "0000:05:00.0, where the disk of line 3 stands",
	 "Choose a free address, or leave out the <address> of one of them: libvirt then chooses"},
	{"domain-guest-address.no-function-0",
	 {.bus = 5, .function = 1},
	 DISK_AT(.bus = 6),
	 "0000:05:00.1, whose slot has no function 0",
	 "Put a device of the slot at function 0"},
	{.place = {.bus = 5, .function = 1}, .other = DISK_AT(.bus = 5)},
};

static void a_place_in_the_guest_must_be_one_that_libvirt_and_qemu_take(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	for (size_t i = 0; i < sizeof(place_cases) / sizeof(place_cases[0]); i++) {
		const struct place_case *row = &place_cases[i];
		test_row("%s at %02x:%02x.%x", row->id ? row->id : "nothing", row->place.bus,
			 row->place.device, row->place.function);
		struct domain_device devices[] = {row->other, hostdev_of(function)};
		const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};
		char summary[256];
		devices[1].place = DOMAIN_PLACE_PCI;
		devices[1].guest = row->place;
		devices[1].line = 9;
		if (!row->id) {
			assert_int_equal(
				judge_domains(paper, "domain-guest-address", &domain, 1)->count, 0);
			continue;
		}
		snprintf(summary, sizeof(summary), "vm puts 0000:01:00.0 at guest address %s",
			 row->what);
		const struct finding *finding =
			expect_domain_finding(paper, &domain, row->id, FINDING_FAIL, summary);
		assert_true(has_evidence(finding, "line 9 of its description"));
		assert_string_equal(finding->remedy, row->remedy);
	}
}

/* As libvirt 9.0 and QEMU 7.2 say it of such guests. */
static void a_machine_type_has_devices_of_its_own(void **state)
{
	static const struct {
		const char *machine;
		struct pci_address place;
		const char *what; /* NULL: the place is free */
	} rows[] = {
		{"pc-q35-7.2", {.device = 0x1f}, "0000:00:1f.0, where the LPC bridge"},
		{"pc-q35-7.2",
		 {.device = 0x1f, .function = 3},
		 "0000:00:1f.3, where the SMBus controller"},
		{"pc-q35-7.2", {.device = 0x1f, .function = 1}, NULL},
		{"pc-q35-7.2", {.device = 0x1}, NULL},
		{"pc-i440fx-7.2", {.device = 0x1}, "0000:00:01.0, where the ISA bridge"},
		{"pc", {.device = 0x1, .function = 1}, "0000:00:01.1, where the IDE controller"},
		{"pc", {.device = 0x1, .function = 4}, NULL},
		{"pc", {.device = 0x1f}, NULL},
		{"virt", {.device = 0x1f}, NULL},
		{NULL, {.device = 0x1f}, NULL},
	};
	struct paper *paper = *state;
	struct domain_device devices[] = {hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL))};

	devices[0].place = DOMAIN_PLACE_PCI;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct domain domain = {.name = "vm",
					      .machine = rows[i].machine,
					      .devices = devices,
					      .device_count = 1};
		test_row("row %zu", i);
		devices[0].guest = rows[i].place;
		if (rows[i].what)
			expect_domain_finding(
				paper, &domain, "domain-guest-address.taken", FINDING_FAIL,
				arena_printf(paper->arena,
					     "vm puts 0000:01:00.0 at guest address %s of its "
					     "machine type stands",
					     rows[i].what));
		else
			assert_int_equal(
				judge_domains(paper, "domain-guest-address", &domain, 1)->count, 0);
	}
}

/* Where no controller is given for a bus, libvirt adds one, whose slots are known. */
static void a_bus_that_libvirt_adds_has_its_slots(void **state)
{
	static const struct {
		const char *machine;
		enum pcie_type type;
		uint8_t slot;
		bool other_stack;
		const char *remedy; /* NULL: nothing is wrong */
	} rows[] = {
		{"pc-q35-7.2", PCIE_ENDPOINT, 0, false, NULL},
		{"pc-q35-7.2", PCIE_ENDPOINT, 2, false, "Choose slot 0"},
		{"pc-q35-7.2", PCIE_ENDPOINT, 2, true, NULL},
		{"pc-q35-7.2", PCIE_NONE, 2, false, NULL},
		{"pc-q35-7.2", PCIE_UNKNOWN, 2, false, NULL},
		{"pc-i440fx-7.2", PCIE_ENDPOINT, 0, false, "Choose a slot from 1 to 31"},
		{"pc-i440fx-7.2", PCIE_ENDPOINT, 2, false, NULL},
		{NULL, PCIE_ENDPOINT, 2, false, NULL},
	};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device devices[] = {hostdev_of(function)};

	devices[0].place = DOMAIN_PLACE_PCI;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct domain domain = {.name = "vm",
					      .machine = rows[i].machine,
					      .other_stack = rows[i].other_stack,
					      .devices = devices,
					      .device_count = 1};
		test_row("row %zu", i);
		function->pcie_type = rows[i].type;
		devices[0].guest = (struct pci_address){.bus = 5, .device = rows[i].slot};
		const struct findings *findings =
			judge_domains(paper, "domain-guest-address", &domain, 1);
		assert_int_equal(findings->count, rows[i].remedy ? 1 : 0);
		if (!rows[i].remedy)
			continue;
		assert_string_equal(findings->first->kind->id, "domain-guest-address.no-such-slot");
		assert_string_equal(findings->first->remedy, rows[i].remedy);
	}
}

static void a_guest_has_one_pci_domain(void **state)
{
	struct paper *paper = *state;
	struct domain_device devices[] = {hostdev_of(add_device(paper, "10000:01:00.0", 1, NULL))};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 1};

	devices[0].place = DOMAIN_PLACE_PCI;
	devices[0].guest = (struct pci_address){.domain = 0x10000, .bus = 1};
	expect_domain_finding(paper, &domain, "domain-guest-address.no-such-domain", FINDING_FAIL,
			      "vm puts 10000:01:00.0 at guest address 10000:01:00.0, and guests "
			      "have PCI domain 0 alone");
}

static void function_0_may_deny_the_others(void **state)
{
	struct paper *paper = *state;
	struct domain_device devices[] = {DISK_AT(.bus = 5),
					  hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL))};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	devices[0].multifunction = DOMAIN_OFF;
	devices[1].place = DOMAIN_PLACE_PCI;
	devices[1].guest = (struct pci_address){.bus = 5, .function = 1};
	expect_domain_finding(
		paper, &domain, "domain-guest-address.not-multifunction", FINDING_FAIL,
		"vm puts 0000:01:00.0 at guest address 0000:05:00.1, and the disk of line 3 at "
		"function 0 has multifunction='off'");
	devices[0].multifunction = DOMAIN_ON;
	assert_int_equal(judge_domains(paper, "domain-guest-address", &domain, 1)->count, 0);
}

/* The functions of a slot that is given whole are one device, as Proxmox VE has it: "hostpci0:
 * 0000:00:02,legacy-igd=1". */
static void a_whole_slot_does_not_stand_in_its_own_way(void **state)
{
	struct paper *paper = *state;
	struct domain_device devices[] = {hostdev_of(add_device(paper, "0000:00:02.0", 1, NULL)),
					  DISK_AT(.device = 2)};
	struct domain domain = {
		.name = "vm", .other_stack = true, .devices = devices, .device_count = 1};

	add_device(paper, "0000:00:02.1", 1, NULL);
	devices[0].whole_slot = true;
	devices[0].place = DOMAIN_PLACE_PCI;
	devices[0].guest.device = 2;
	assert_int_equal(judge_domains(paper, "domain-guest-address", &domain, 1)->count, 0);
	domain.device_count = 2;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-guest-address.taken", FINDING_FAIL,
		"vm puts 0000:00:02.0 at guest address 0000:00:02.0, where the disk of line 3 "
		"stands");
	assert_string_equal(finding->remedy,
			    "Choose a free address, or leave out the address of one of them");
}

/* PVE/QemuServer/PCI.pm */
static void a_function_with_pcie_wants_a_machine_that_has_it(void **state)
{
	static const struct {
		const char *machine;
		bool starts;
	} rows[] = {{NULL, true},
		    {"pc", false},
		    {"pc-i440fx-9.2", false},
		    {"q35", true},
		    {"pc-q35-9.2+pve1", true},
		    {"virt", true}};
	struct paper *paper = *state;
	struct domain_device devices[] = {hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL))};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct domain domain = {.name = "vm",
					      .machine = rows[i].machine,
					      .devices = devices,
					      .device_count = 1};
		test_row("%s", rows[i].machine ? rows[i].machine : "none given");
		devices[0].wants_pcie = false;
		assert_int_equal(judge_domains(paper, "domain-guest-address", &domain, 1)->count,
				 0);
		devices[0].wants_pcie = true;
		if (rows[i].starts)
			assert_int_equal(
				judge_domains(paper, "domain-guest-address", &domain, 1)->count, 0);
		else
			expect_domain_finding(
				paper, &domain, "domain-guest-address.no-pcie", FINDING_FAIL,
				"vm takes 0000:01:00.0 with pcie=1, and its machine type is not q35");
	}
}

static void the_bus_pcie_0_is_one_of_machines_that_have_it(void **state)
{
	static const struct {
		const char *machine;
		bool starts;
	} rows[] = {{NULL, true}, {"pc-i440fx-9.2", false}, {"pc-q35-9.2", true}, {"virt", true}};
	struct paper *paper = *state;
	struct domain_device devices[] = {hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL))};

	devices[0].on_pcie_root = true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct domain domain = {.name = "vm",
					      .machine = rows[i].machine,
					      .devices = devices,
					      .device_count = 1};
		test_row("%s", rows[i].machine ? rows[i].machine : "none given");
		if (rows[i].starts)
			assert_int_equal(
				judge_domains(paper, "domain-guest-address", &domain, 1)->count, 0);
		else
			expect_domain_finding(
				paper, &domain, "domain-guest-address.no-such-bus", FINDING_FAIL,
				"vm puts 0000:01:00.0 on the bus pcie.0, which machine "
				"type pc-i440fx-9.2 does not have");
	}
}

/* parse_hostpci_devices() of qemu-server. */
static void a_port_whose_chassis_is_taken_keeps_qemu_from_starting(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = {.kind = DOMAIN_DEVICE_CONTROLLER,
				       .element = "-device",
				       .line = 4,
				       .alias = "rp1",
				       .seat_taken = true};
	const struct domain domain = {
		.name = "vm", .other_stack = true, .devices = &device, .device_count = 1};

	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-guest-address.port-taken", FINDING_FAIL,
		"vm does not start: a port of line 4 has the chassis and slot of one before it");
	assert_true(has_evidence(finding, "line 4 of its description"));
}

static void legacy_mode_of_graphics_excludes_much(void **state)
{
	static const struct {
		const char *machine;
		enum domain_switch vga;
		bool rom_off, x_vga;
		const char *against;
	} rows[] = {{"pc-i440fx-9.2", DOMAIN_OFF, false, false, NULL},
		    {NULL, DOMAIN_UNSET, false, false, NULL},
		    {"pc", DOMAIN_ON, false, false, "its vga is not none"},
		    {"pc", DOMAIN_OFF, true, false, "it has rombar=0"},
		    {"pc", DOMAIN_OFF, false, true, "it has x-vga=1"},
		    {"q35", DOMAIN_OFF, false, false, "its machine type is q35"},
		    {"pc-q35-9.2", DOMAIN_UNSET, false, false, "its machine type is q35"}};
	struct paper *paper = *state;
	struct domain_device devices[] = {hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL))};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct domain domain = {.name = "vm",
					      .machine = rows[i].machine,
					      .vga = rows[i].vga,
					      .devices = devices,
					      .device_count = 1};
		test_row("%s", rows[i].against ? rows[i].against : "none");
		devices[0].rom_off = rows[i].rom_off;
		devices[0].x_vga = rows[i].x_vga;
		devices[0].legacy_igd = false;
		assert_int_equal(judge_domains(paper, "domain-guest-address", &domain, 1)->count,
				 0);
		devices[0].legacy_igd = true;
		if (rows[i].against)
			expect_domain_finding(
				paper, &domain, "domain-guest-address.legacy-igd", FINDING_FAIL,
				arena_printf(paper->arena,
					     "vm takes 0000:01:00.0 with legacy-igd=1, and %s",
					     rows[i].against));
		else
			assert_int_equal(
				judge_domains(paper, "domain-guest-address", &domain, 1)->count, 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_place_in_the_guest_must_be_one_that_libvirt_and_qemu_take),
		TEST(a_machine_type_has_devices_of_its_own),
		TEST(a_bus_that_libvirt_adds_has_its_slots),
		TEST(a_guest_has_one_pci_domain),
		TEST(function_0_may_deny_the_others),
		TEST(a_whole_slot_does_not_stand_in_its_own_way),
		TEST(a_function_with_pcie_wants_a_machine_that_has_it),
		TEST(the_bus_pcie_0_is_one_of_machines_that_have_it),
		TEST(a_port_whose_chassis_is_taken_keeps_qemu_from_starting),
		TEST(legacy_mode_of_graphics_excludes_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

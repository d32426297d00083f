/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/hardware_remedy.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "model/own_commands.h"
#include "model/pcie.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

static const char *const groups[] = {"0000:01:00.0"};

static struct pci_function *add_card(struct paper *paper)
{
	struct pci_function *card = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	add_groups(paper, groups, ARRAY_LENGTH(groups));
	return card;
}

static const struct finding *expect_blocked(struct paper *paper, const char *id, const char *remedy)
{
	const struct finding *finding = expect_finding(
		judge(paper->arena, "assignability", &paper->host), id, FINDING_FAIL);

	if (!strstr(finding->remedy, remedy))
		fail_msg("%s lacks %s", finding->remedy, remedy);
	return finding;
}

/* What was tried already is said to have been in vain. */
static void a_bar_gets_room_by_firmware_then_by_the_kernel(void **state)
{
	static struct pci_resource lines[7] = {
		[1] = {0, 0x7ffffffff, IORESOURCE_MEM | IORESOURCE_UNSET}};
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);
	static const struct {
		const char *cmdline;
		const char *remedy;
	} rows[] = {
		{"quiet\n", "and reboot; if that does not help, add pci=realloc"},
		{"pci=realloc\n", "pci=realloc is set, and did not help"},
		{"pci=realloc=off\n", "remove pci=realloc=off"},
	};

	card->resources =
		(struct pci_resources){.fact = known("resource"), .lines = lines, .count = 7};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].cmdline);
		paper_command_line(paper, rows[i].cmdline);
		const struct finding *finding =
			expect_blocked(paper, "assignability.bar-unplaced", rows[i].remedy);
		assert_ptr_equal(strstr(finding->remedy, "Switch on Above 4G"), finding->remedy);
		assert_null(finding->commands);
	}
}

/* Thunderbolt, for one. */
static void a_bar_below_a_hot_plug_slot_gets_room_by_a_parameter(void **state)
{
	static struct pci_resource lines[7] = {
		[1] = {0, 0xfffffff, IORESOURCE_MEM | IORESOURCE_UNSET}};
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:07.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *card = add_express(paper, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	size_t express = config_capability(&port->config, PCI_CAP_ID_EXP).offset;

	add_groups(paper, groups, ARRAY_LENGTH(groups));
	card->resources =
		(struct pci_resources){.fact = known("resource"), .lines = lines, .count = 7};
	paper_command_line(paper, "quiet\n");
	assert_null(strstr(expect_blocked(paper, "assignability.bar-unplaced", "realloc")->remedy,
			   "hot-plug"));
	set_config32(port, express, 0x10 | 2 << 16 | EXPRESS_ROOT_PORT << 20 | 0x0100 << 16);
	set_config32(port, express + 0x14, PCIE_SLOT_HOTPLUG);
	expect_blocked(paper, "assignability.bar-unplaced",
		       "the slot of 0000:00:07.0 can hot-plug (as those of Thunderbolt), for which "
		       "pci=hpmmiosize=");
	paper->host.cpu.architecture = "ppc64";
	assert_null(strstr(expect_blocked(paper, "assignability.bar-unplaced",
					  "firmware of ppc64 alone places BARs")
				   ->remedy,
			   "hot-plug"));
}

enum { REBAR_CAPABILITY = 4, REBAR_CONTROL = 8 };

struct resizable_case {
	const char *what;
	const char *release;
	uint64_t flags;     /* of BAR 1's line */
	uint32_t supported; /* sizes, bit n 2^n MiB; 0: no such capability */
	const char *remedy;
	const char *command; /* NULL: none */
};

#define UNSET (IORESOURCE_MEM | IORESOURCE_UNSET)

static const struct resizable_case resizable_cases[] = {
	{"the kernel resizes", "6.1.0", UNSET, 0x8180,
	 "make BAR 1 of 0000:01:00.0 smaller (it is resizable, 32 GiB now, and can have 256 MiB) while no driver",
	 "echo 8 > /sys/card/resource1_resize"},
	{"no size as small as that", "6.1.0", UNSET, 0x9800, "can have 2 GiB)",
	 "echo 11 > /sys/card/resource1_resize"},
	{"a kernel without the attribute", "5.15.0", UNSET, 0x8180,
	 "by switching Resizable BAR off", NULL},
	{"a BAR that the kernel cleared", "6.1.0", 0, 0x8180, "by switching Resizable BAR off",
	 NULL},
	{"the only size", "6.1.0", UNSET, 0x8000,
	 "BAR 1 of 0000:01:00.0 is as small as it can be (32 GiB)", NULL},
	{"a BAR of one size", "6.1.0", UNSET, 0, "pci=realloc to the kernel command line", NULL},
};

static void a_resizable_bar_is_made_smaller_last(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(resizable_cases); i++) {
		const struct resizable_case *row = &resizable_cases[i];
		struct pci_resource lines[7] = {
			[1] = {0, row->flags ? 0x7ffffffff : 0, row->flags}};

		test_row("%s", row->what);
		paper_reset(paper);
		paper_kernel(paper, row->release);
		struct pci_function *card = add_card(paper);
		card->path = "/sys/card";
		card->driver.fact = absent("driver");
		card->boot_vga.fact = absent("boot_vga");
		card->resources = (struct pci_resources){known("resource"), lines, 7};
		set_config32(card, PCI_BASE_ADDRESS_0 + 4, 0xc);
		if (row->supported) {
			set_config32(card, 0x100, PCI_EXT_CAP_ID_REBAR | 1 << 16);
			set_config32(card, 0x100 + REBAR_CAPABILITY, row->supported << 4);
			set_config32(card, 0x100 + REBAR_CONTROL, 15u << 8 | 1u << 5 | 1u);
		}
		const struct finding *finding =
			expect_blocked(paper, "assignability.bar-unplaced", row->remedy);
		assert_ptr_equal(strstr(finding->remedy, "Switch on Above 4G"), finding->remedy);
		if (!row->supported)
			assert_null(strstr(finding->remedy, "smaller"));
		if (row->command)
			assert_string_equal(finding->commands->text, row->command);
		else
			assert_null(finding->commands);
	}
}

static void what_may_be_the_display_of_the_boot_is_not_resized_by_command(void **state)
{
	const struct {
		const char *what;
		struct fact_number boot_vga;
		bool command;
	} rows[] = {
		{"the display of the boot", {known("boot_vga"), 1}, false},
		{"a display that was not read", {unreadable("boot_vga", EACCES), 0}, false},
		{"another display", {known("boot_vga"), 0}, true},
		{"no display", {absent("boot_vga"), 0}, true},
	};
	struct pci_resource lines[7] = {[1] = {0, 0x7ffffffff, UNSET}};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].what);
		paper_reset(paper);
		paper_kernel(paper, "6.1.0");
		struct pci_function *card = add_card(paper);
		card->path = "/sys/card";
		card->driver.fact = absent("driver");
		card->boot_vga = rows[i].boot_vga;
		card->resources = (struct pci_resources){known("resource"), lines, 7};
		set_config32(card, PCI_BASE_ADDRESS_0 + 4, 0xc);
		set_config32(card, 0x100, PCI_EXT_CAP_ID_REBAR | 1 << 16);
		set_config32(card, 0x100 + REBAR_CAPABILITY, 0x8180 << 4);
		set_config32(card, 0x100 + REBAR_CONTROL, 15u << 8 | 1u << 5 | 1u);
		const struct finding *finding =
			expect_blocked(paper, "assignability.bar-unplaced", "make BAR 1");
		assert_int_equal(finding->commands != NULL, rows[i].command);
	}
}

static void a_card_that_is_lost_needs_a_cold_boot(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	for (size_t offset = 0; offset < CONFIG_HEADER_SIZE; offset += 4)
		set_config32(card, offset, 0xffffffff);
	expect_blocked(paper, "assignability.unreachable", "or set vfio-pci.disable_idle_d3=1");
	paper_command_line(paper, "vfio-pci.disable_idle_d3=1\n");
	expect_blocked(paper, "assignability.unreachable", "is set, and did not help");
}

static void a_vgpu_gets_one_of_the_profiles_that_can_be_made(void **state)
{
	struct paper *paper = *state;
	struct pci_function *vf = add_card(paper);

	make_vf(vf, add_express(paper, "0000:02:00.0", NULL, EXPRESS_ENDPOINT));
	set_driver(vf, "nvidia");
	vf->vgpu_type = (struct fact_number){.fact = known("/sys/current_vgpu_type")};
	vf->vgpu_types = known_text("/sys/creatable_vgpu_types", "ID : Name\n557 : L40S-1B\n");
	const struct finding *finding =
		expect_blocked(paper, "assignability.vgpu-profile", "Set a profile");
	assert_true(has_evidence(finding, "557 : L40S-1B"));
	assert_string_equal(finding->commands->next->text, "echo NUMBER > /sys/current_vgpu_type");
	vf->vgpu_types = known_text("/sys/creatable_vgpu_types", "\n");
	finding = expect_blocked(paper, "assignability.vgpu-profile", "offers no profile now");
	assert_null(finding->commands);
}

static void a_vf_of_mediated_devices_is_not_assigned_whole(void **state)
{
	static const char *const parents[] = {"0000:01:00.0"};
	struct paper *paper = *state;
	struct pci_function *vf = add_card(paper);

	make_vf(vf, add_express(paper, "0000:02:00.0", NULL, EXPRESS_ENDPOINT));
	set_driver(vf, "nvidia");
	paper->host.hypervisor.mdev_parents = (struct fact_list){
		.fact = known("/sys/class/mdev_bus"), .names = parents, .count = 1};
	const struct finding *finding =
		expect_blocked(paper, "assignability.vgpu-profile", "mediated device");
	assert_string_equal(finding->commands->text, OWN_XML_MDEV " 0000:01:00.0");
}

/* Each cause has a finding that explains it. */
static void several_causes_are_several_findings(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	card->sriov.numvfs = (struct fact_number){.fact = known("sriov_numvfs"), .value = 2};
	card->power_state = known_text("power_state", "error");
	const struct findings *findings = judge(paper->arena, "assignability", &paper->host);
	assert_int_equal(findings->count, 2);
	expect_finding(findings, "assignability.unreachable", FINDING_FAIL);
	expect_finding(findings, "assignability.blocked", FINDING_FAIL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bar_gets_room_by_firmware_then_by_the_kernel),
		TEST(a_resizable_bar_is_made_smaller_last),
		TEST(what_may_be_the_display_of_the_boot_is_not_resized_by_command),
		TEST(a_card_that_is_lost_needs_a_cold_boot),
		TEST(a_vgpu_gets_one_of_the_profiles_that_can_be_made),
		TEST(a_vf_of_mediated_devices_is_not_assigned_whole),
		TEST(a_bar_below_a_hot_plug_slot_gets_room_by_a_parameter),
		TEST(several_causes_are_several_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

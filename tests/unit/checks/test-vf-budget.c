/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/judge.h"

#define PORT_NAME "0000:00:02.0"
#define PF_NAME   "0000:01:00.0"
#define PORT_PATH "/sys/devices/pci0000:00/" PORT_NAME
#define ONE_BAR   "0x00000000c0000000 0x00000000c07fffff 0x0000000000140204\n"

enum {
	ISOLATING = PCI_ACS_CAP_VALID | PCI_ACS_CAP_REQ_RED | PCI_ACS_CAP_CMPLT_RED |
		    PCI_ACS_CAP_FORWARD
};

/* A PF of 8 VFs below a port, and what a test changes of it. */
struct machine {
	struct test_config port;
	struct test_config pf;
	uint8_t *express; /* of the port */
	uint8_t *acs;     /* of the port */
	uint8_t *pf_express;
	uint8_t *sriov;
	const char *driver;
	const char *totalvfs;
	const char *bar; /* line of VF BAR 0 */
	const char *cmdline;
};

static void begin(struct machine *machine)
{
	*machine = (struct machine){
		.driver = "nvme", .totalvfs = "8\n", .bar = ONE_BAR, .cmdline = "quiet\n"};
	config_begin(&machine->port, 0x1b36, 0x000c, 0x060400);
	machine->port.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	machine->port.bytes[PCI_SUBORDINATE_BUS] = 1;
	machine->express = config_add_express(&machine->port, PCI_EXP_TYPE_ROOT_PORT);
	machine->acs = config_add_extended(&machine->port, PCI_EXT_CAP_ID_ACS, 8);
	put16(machine->acs + PCI_ACS_CAP, ISOLATING);
	put16(machine->acs + PCI_ACS_CTRL, ISOLATING);
	config_begin(&machine->pf, 0x1b36, 0x0010, 0x010802);
	machine->pf_express = config_add_express(&machine->pf, PCI_EXP_TYPE_ENDPOINT);
	machine->sriov = config_add_sriov(&machine->pf, 8);
	put32(machine->sriov + PCI_IOV_BAR_BASE, 0xc0000004);
}

static void add_pf(struct tree *tree, const struct machine *machine, const char *folder)
{
	const char *pf = tree_function(tree, folder, PF_NAME, &machine->pf);

	tree_attribute(tree, pf, "sriov_totalvfs", machine->totalvfs);
	tree_attribute(tree, pf, "sriov_numvfs", "0\n");
	tree_attribute(tree, pf, "resource",
		       arena_printf(tree->arena, "%s%s%s", resource_lines(tree, 7), machine->bar,
				    resource_lines(tree, 5)));
	if (machine->driver)
		tree_driver(tree, pf, machine->driver);
}

static const struct finding *judge_tree(struct tree *tree, const char *id,
					enum finding_verdict verdict)
{
	const struct finding *finding =
		expect_finding(judge(tree->arena, "vf-budget", tree_host(tree)), id, verdict);

	assert_string_equal(finding->subject.id, PF_NAME);
	return finding;
}

static const struct finding *judge_machine(struct tree *tree, const struct machine *machine,
					   const char *id, enum finding_verdict verdict)
{
	tree_file(tree, "/proc/cmdline", machine->cmdline);
	tree_function(tree, "/sys/devices/pci0000:00", PORT_NAME, &machine->port);
	add_pf(tree, machine, PORT_PATH);
	return judge_tree(tree, id, verdict);
}

static void a_pf_that_gives_all_passes(void **state)
{
	struct machine machine;

	begin(&machine);
	judge_machine(*state, &machine, "vf-budget.full", FINDING_PASS);
}

static void vfs_that_would_all_be_in_the_pfs_group_go_to_no_guest(void **state)
{
	struct machine machine;

	begin(&machine);
	put16(machine.acs + PCI_ACS_CTRL, 0);
	tree_group(*state, PORT_PATH, 1);
	tree_group(*state, PORT_PATH "/" PF_NAME, 1);
	const struct finding *finding =
		judge_machine(*state, &machine, "vf-budget.one-group", FINDING_WARN);
	assert_string_equal(finding->summary,
			    "no VF of " PF_NAME " could go to a guest of its own: all VFs would be "
			    "in one IOMMU group with the physical function, because " PORT_NAME
			    " has ACS bits that are off");
}

static void vfs_that_the_port_does_not_reach_go_to_no_guest(void **state)
{
	struct machine machine;

	begin(&machine);
	put16(machine.sriov + PCI_IOV_OFFSET, 0x80);
	tree_group(*state, PORT_PATH "/" PF_NAME, 1);
	const struct finding *finding =
		judge_machine(*state, &machine, "vf-budget.unreachable", FINDING_WARN);
	assert_non_null(strstr(finding->summary,
			       "no VF of " PF_NAME " could go to a guest of its own: the first VF "
			       "would be device 0x"));
}

static void a_driver_that_allows_fewer_passes(void **state)
{
	struct machine machine;

	begin(&machine);
	machine.driver = "igb";
	machine.totalvfs = "7\n";
	const struct finding *finding =
		judge_machine(*state, &machine, "vf-budget.driver-limit", FINDING_PASS);
	assert_non_null(strstr(finding->summary, "7 of 8"));
}

static void a_rule_of_the_driver_is_told(void **state)
{
	struct machine machine;

	begin(&machine);
	machine.driver = "i40e";
	const struct finding *finding =
		judge_machine(*state, &machine, "vf-budget.up-to", FINDING_PASS);
	assert_non_null(strstr(finding->summary, "up to 8"));
}

static void want_of_a_driver_is_left_to_another_check(void **state)
{
	struct machine machine;

	begin(&machine);
	machine.driver = NULL;
	judge_machine(*state, &machine, "vf-budget.none", FINDING_NOT_APPLICABLE);
}

static void an_unknown_driver_is_unknown(void **state)
{
	struct machine machine;

	begin(&machine);
	machine.driver = "vendorware";
	const struct finding *finding =
		judge_machine(*state, &machine, "vf-budget.bound", FINDING_UNKNOWN);
	assert_non_null(strstr(finding->summary, "at most 8"));
}

/* The remedies by what keeps bus numbers short. */
static void want_of_buses_names_the_bridge_and_what_helps(void **state)
{
	static const struct {
		bool has_ari;
		bool can_forward; /* ARI, and does not */
		bool hotplug;
		const char *cmdline;
		const char *remedy;
	} cases[] = {
		{.has_ari = true, .remedy = "as " PORT_NAME " shows none"},
		{.has_ari = true, .can_forward = true, .remedy = "See whether function 0"},
		{.has_ari = true,
		 .can_forward = true,
		 .cmdline = "pci=noari\n",
		 .remedy = "Take noari out of pci="},
		{.hotplug = true, .remedy = "pci=hpbussize"},
		{.remedy = "Switch on SR-IOV"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].remedy);
		struct machine machine;
		struct tree *tree;

		assert_int_equal(tree_setup((void **)&tree), 0);
		begin(&machine);
		put16(machine.sriov + PCI_IOV_OFFSET, 384);
		if (cases[i].has_ari)
			config_add_extended(&machine.pf, PCI_EXT_CAP_ID_ARI, 8);
		if (cases[i].can_forward)
			put32(machine.express + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_ARI);
		if (cases[i].cmdline)
			machine.cmdline = cases[i].cmdline;
		if (cases[i].hotplug) {
			machine.express[PCI_EXP_FLAGS + 1] |= PCI_EXP_FLAGS_SLOT >> 8;
			put32(machine.express + PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_HPC);
		}
		const struct finding *finding =
			judge_machine(tree, &machine, "vf-budget.bus-numbers", FINDING_WARN);
		assert_non_null(strstr(finding->summary, PORT_NAME));
		if (!strstr(finding->remedy, cases[i].remedy))
			fail_msg("%s: %s", cases[i].remedy, finding->remedy);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
	(void)state;
}

/* Slot registers of a device that has no port above it say nothing of hotplug. */
static void want_of_buses_on_a_root_bus_names_no_port(void **state)
{
	struct tree *tree = *state;
	struct machine machine;

	begin(&machine);
	put16(machine.sriov + PCI_IOV_OFFSET, 0xfefc);
	machine.pf_express[PCI_EXP_FLAGS + 1] |= PCI_EXP_FLAGS_SLOT >> 8;
	put32(machine.pf_express + PCI_EXP_SLTCAP, PCI_EXP_SLTCAP_HPC);
	add_pf(tree, &machine, "/sys/devices/pci0000:01");
	const struct finding *finding = judge_tree(tree, "vf-budget.bus-numbers", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "Switch on SR-IOV"));
}

static void want_of_memory_names_the_bar_and_what_helps(void **state)
{
	static const struct {
		const char *cmdline;
		const char *cpuinfo;
		const char *remedy;
		const char *vendor;
	} cases[] = {
		{"quiet\n", "",
		 "Above 4G Decoding in the firmware setup (look for \"SR-IOV Support\", and "
		 "\"Above 4G Decoding\") and reboot; if",
		 NULL},
		{"quiet\n", "", "\"Memory Mapped I/O above 4GB\"", "Dell Inc.\n"},
		{"pci=realloc=off\n", "", "Remove pci=realloc=off", NULL},
		{"pci=realloc\n", "", "pci=realloc is set, and did not help", NULL},
		{"quiet\n", "cpu\t\t: POWER9, altivec supported\n", "Firmware of ppc64 places",
		 NULL},
		{"quiet\n", "vendor_id       : IBM/S390\n", "Firmware of s390x places", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].remedy);
		struct machine machine;
		struct tree *tree;

		assert_int_equal(tree_setup((void **)&tree), 0);
		begin(&machine);
		machine.bar = resource_lines(tree, 1);
		machine.cmdline = cases[i].cmdline;
		if (*cases[i].cpuinfo)
			tree_file(tree, "/proc/cpuinfo", cases[i].cpuinfo);
		if (cases[i].vendor)
			tree_file(tree, "/sys/class/dmi/id/sys_vendor", cases[i].vendor);
		const struct finding *finding =
			judge_machine(tree, &machine, "vf-budget.memory", FINDING_WARN);
		assert_non_null(strstr(finding->summary, "VF BAR 0"));
		if (!strstr(finding->remedy, cases[i].remedy))
			fail_msg("%s: %s", cases[i].cmdline, finding->remedy);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
	(void)state;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pf_that_gives_all_passes),
		TEST(vfs_that_would_all_be_in_the_pfs_group_go_to_no_guest),
		TEST(vfs_that_the_port_does_not_reach_go_to_no_guest),
		TEST(a_driver_that_allows_fewer_passes),
		TEST(a_rule_of_the_driver_is_told),
		TEST(want_of_a_driver_is_left_to_another_check),
		TEST(an_unknown_driver_is_unknown),
		cmocka_unit_test(want_of_buses_names_the_bridge_and_what_helps),
		TEST(want_of_buses_on_a_root_bus_names_no_port),
		cmocka_unit_test(want_of_memory_names_the_bar_and_what_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

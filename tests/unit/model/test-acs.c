/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/acs.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

enum { GOOD = ACS_REQUIRED, LPC_RCBA = 0xf0, PORT_MPC = 0xd8, MPC_IRBNCE = 1 << 26 };

static struct acs judge(struct paper *paper, const struct pci_function *function)
{
	struct host_platform platform;

	host_platform_build(&paper->host, &platform);
	const struct acs_context context = {
		.host = &paper->host,
		.parameters = &paper->model.parameters,
		.translation = platform.translation,
	};

	return acs_judge(&context, function);
}

static void expect(struct paper *paper, const struct pci_function *function,
		   enum acs_verdict verdict)
{
	assert_int_equal(judge(paper, function).verdict, verdict);
}

/* Whether a type isolates alone and as one of several functions, without and with ACS. */
struct type_case {
	unsigned type;
	bool single;
	bool single_acs;
	bool multi;
	bool multi_acs;
};

static const struct type_case type_cases[] = {
	{EXPRESS_ENDPOINT, true, true, false, true},
	{EXPRESS_LEGACY_ENDPOINT, true, true, false, true},
	{EXPRESS_UPSTREAM_PORT, true, true, false, true},
	{EXPRESS_INTEGRATED_ENDPOINT, true, true, false, true},
	{EXPRESS_ROOT_PORT, false, true, false, true},
	{EXPRESS_DOWNSTREAM_PORT, false, true, false, true},
	{EXPRESS_TO_PCI_BRIDGE, false, false, false, false},
	{EXPRESS_FROM_PCI_BRIDGE, false, false, false, false},
	{EXPRESS_EVENT_COLLECTOR, false, false, false, false},
	{EXPRESS_RESERVED, true, true, true, true},
};

static void every_port_type_has_its_rule(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(type_cases) / sizeof(type_cases[0]); i++) {
		const struct type_case *row = &type_cases[i];
		test_row("port type %u", row->type);
		const bool expected[] = {row->single, row->single_acs, row->multi, row->multi_acs};
		for (size_t form = 0; form < 4; form++) {
			paper->host.pci.count = 0;
			struct pci_function *function =
				add_express(paper, "0000:00:01.0", NULL, row->type);
			if (form & 1)
				set_acs(function, GOOD, GOOD);
			if (form & 2)
				make_multifunction(function);
			expect(paper, function, expected[form] ? ACS_ISOLATES : ACS_FAILS);
		}
	}
}

static void conventional_function_fails(void **state)
{
	struct acs acs = judge(*state, add_function(*state, "0000:00:01.0", NULL));

	assert_int_equal(acs.verdict, ACS_FAILS);
	assert_int_equal(acs.reason, ACS_CONVENTIONAL);
}

static void function_above_zero_is_multifunction_without_its_bit(void **state)
{
	expect(*state, add_express(*state, "0000:00:01.1", NULL, EXPRESS_ENDPOINT), ACS_FAILS);
}

static void vf_isolates_at_any_number(void **state)
{
	struct pci_function *pf = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
	struct pci_function *vf = add_express(*state, "0000:01:00.1", NULL, EXPRESS_ENDPOINT);

	make_vf(vf, pf);
	expect(*state, vf, ACS_ISOLATES);
}

static void downstream_port_below_one_that_faces_down_faces_up(void **state)
{
	struct pci_function *root = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	expect(*state, add_express(*state, "0000:01:00.0", root, EXPRESS_DOWNSTREAM_PORT),
	       ACS_ISOLATES);
}

static void upstream_port_below_an_upstream_port_faces_down(void **state)
{
	struct pci_function *root = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *up = add_express(*state, "0000:01:00.0", root, EXPRESS_UPSTREAM_PORT);

	expect(*state, add_express(*state, "0000:02:00.0", up, EXPRESS_UPSTREAM_PORT), ACS_FAILS);
}

static void bits_that_the_capability_lacks_are_hard_wired(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	add_unit(*state, "dmar0", IOMMU_VTD);
	set_acs(port, ACS_RR | ACS_CR, ACS_RR | ACS_CR);
	expect(*state, port, ACS_ISOLATES);
}

static void translation_blocking_and_egress_are_not_asked_for(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	add_unit(*state, "dmar0", IOMMU_VTD);
	set_acs(port, 0x7f, GOOD);
	expect(*state, port, ACS_ISOLATES);
}

static void bits_that_are_off_are_named(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	add_unit(*state, "dmar0", IOMMU_VTD);
	set_acs(port, GOOD, ACS_SV | ACS_UF);
	struct acs acs = judge(*state, port);
	assert_int_equal(acs.verdict, ACS_FAILS);
	assert_int_equal(acs.reason, ACS_BITS_OFF);
	assert_int_equal(acs.missing, ACS_RR | ACS_CR);
}

static void kernel_sets_the_bits_once_the_iommu_is_on(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	set_acs(port, GOOD, 0);
	expect(*state, port, ACS_ISOLATES);
}

static void bits_under_an_iommu_of_unknown_state_are_unknown(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	paper->host.groups.fact = unreadable("/sys/kernel/iommu_groups", 13);
	set_acs(port, GOOD, 0);
	expect(*state, port, ACS_UNKNOWN);
	set_acs(port, GOOD, GOOD);
	expect(*state, port, ACS_ISOLATES);
}

static void unread_capabilities_are_unknown(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	hide_capabilities(port);
	expect(*state, port, ACS_UNKNOWN);
}

static void unreachable_extended_space_is_unknown(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	port->config.length = CONFIG_CONVENTIONAL_SIZE;
	expect(*state, port, ACS_UNKNOWN);
}

static void idt_switch_without_validation_counts_on_new_kernels(void **state)
{
	struct pci_function *root = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *up = add_express(*state, "0000:01:00.0", root, EXPRESS_UPSTREAM_PORT);
	struct pci_function *down =
		add_express(*state, "0000:02:00.0", up, EXPRESS_DOWNSTREAM_PORT);

	add_unit(*state, "dmar0", IOMMU_VTD);
	set_ids(down, 0x111d, 0x80b5);
	set_acs(down, GOOD, GOOD & ~ACS_SV);
	expect(*state, down, ACS_FAILS);
	paper_kernel(*state, "6.18.15");
	expect(*state, down, ACS_FAILS);
	paper_kernel(*state, "7.0.0-14-generic");
	expect(*state, down, ACS_ISOLATES);
	set_ids(down, 0x111d, 0x8090);
	expect(*state, down, ACS_ISOLATES);
	paper_kernel(*state, "6.19.1");
	expect(*state, down, ACS_UNKNOWN);
}

/* disable_acs_redir= and config_acs= */
struct list_case {
	const char *list;
	bool with_flags;
	bool names; /* 0000:02:00.0, 1b36:000c, below 0000:00:1c.0 */
};

static const struct list_case list_cases[] = {
	{"0000:02:00.0", false, true},
	{"02:00.0", false, true},
	{"2:0.0", false, true},
	{"0001:02:00.0", false, false},
	{"02:00.1", false, false},
	{"00:1c.0/00.0", false, true},
	{"0000:00:1c.0/00.0", false, true},
	{"00:1c.0/01.0", false, false},
	{"00:1c.0", false, false},
	{"00:1d.0/00.0", false, false},
	{"00:1c.0/00.0/00.0", false, false},
	{"pci:1b36:000c", false, true},
	{"pci:1b36:0", false, true},
	{"pci:0:0", false, true},
	{"pci:1b36:000d", false, false},
	{"pci:1b36:000c:1af4:1100", false, true},
	{"pci:1b36:000c:1af4:1101", false, false},
	{"01:00.0;02:00.0", false, true},
	{"pci:8086:1234;pci:1b36:000c", false, true},
	/* The kernel stops at the first mistake. */
	{"nonsense;02:00.0", false, false},
	{"02:00.0!;02:00.0", false, false},
	{"02:00.0;nonsense", false, true},
	{"pci:8086;02:00.0", false, false},
	{"", false, false},
	{"xx111x1@02:00.0", true, true},
	{"1@03:00.0;0@02:00.0", true, true},
	{"02:00.0", true, false},
	{"12@02:00.0", true, false},
	{"10000000@02:00.0", true, false},
	{"x1111111@02:00.0", true, true},
};

static void lists_are_read_as_the_kernel_reads_them(void **state)
{
	struct pci_function *root = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *function = add_express(*state, "0000:02:00.0", root, EXPRESS_ENDPOINT);

	set_ids(function, 0x1b36, 0x000c);
	function->subsystem_vendor =
		(struct fact_number){.fact = known("subsystem_vendor"), .value = 0x1af4};
	function->subsystem_device =
		(struct fact_number){.fact = known("subsystem_device"), .value = 0x1100};
	for (size_t i = 0; i < sizeof(list_cases) / sizeof(list_cases[0]); i++) {
		const struct list_case *row = &list_cases[i];
		bool names = acs_list_names(row->list, row->with_flags, function);
		if (names != row->names)
			fail_msg("\"%s\" %s", row->list, names ? "matches" : "does not match");
	}
}

static void redirection_that_the_command_line_takes_is_missing(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	set_acs(port, GOOD, 0);
	paper_command_line(*state, "pci=disable_acs_redir=00:1c.0");
	struct acs acs = judge(*state, port);
	assert_int_equal(acs.verdict, ACS_FAILS);
	assert_int_equal(acs.reason, ACS_BITS_SWITCHED_OFF);
	assert_int_equal(acs.missing, ACS_RR | ACS_CR);
}

static void config_acs_means_nothing_to_older_kernels(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	set_acs(port, GOOD, 0);
	paper_command_line(*state, "pci=config_acs=00000@00:1c.0");
	expect(*state, port, ACS_ISOLATES);
}

/* What a list names keeps the firmware's bits, and the list has acted on them already. */
static void config_acs_leaves_the_registers_as_they_are(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	paper_kernel(*state, "6.12.40");
	paper_command_line(*state, "pci=config_acs=xx111x1@00:1c.0");
	set_acs(port, GOOD, ACS_SV);
	expect(*state, port, ACS_FAILS);
	set_acs(port, GOOD, GOOD);
	expect(*state, port, ACS_ISOLATES);
}

static void acs_options_of_a_kernel_of_unknown_version_are_unknown(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	paper_kernel(*state, "custom");
	paper_command_line(*state, "pci=disable_acs_redir=00:1c.0");
	set_acs(port, GOOD, GOOD);
	expect(*state, port, ACS_UNKNOWN);
}

/* Ids that isolate by the quirk table alone: each row, and ends of ranges. */
static const uint16_t isolating_ids[][2] = {
	{0x1924, 0x0903}, {0x1924, 0x0a03}, {0x8086, 0x10c6}, {0x8086, 0x10f7}, {0x8086, 0x10fc},
	{0x8086, 0x1558}, {0x8086, 0x150e}, {0x8086, 0x1511}, {0x8086, 0x10c9}, {0x8086, 0x10e8},
	{0x8086, 0x10a7}, {0x8086, 0x1521}, {0x8086, 0x1524}, {0x8086, 0x105e}, {0x8086, 0x1060},
	{0x8086, 0x15b7}, {0x8086, 0x15b8}, {0x17cb, 0x0400}, {0x17cb, 0x0401}, {0x1dbf, 0x0401},
	{0x19a2, 0x0710}, {0x10df, 0x0720}, {0x177d, 0xa026}, {0x177d, 0xa060}, {0x10e8, 0xe004},
	{0x1def, 0xe005}, {0x1def, 0xe00c}, {0x14e4, 0x16d7}, {0x14e4, 0x1752}, {0x14e4, 0x1763},
	{0x14e4, 0xd714}, {0x0014, 0x3c09}, {0x0014, 0x7a69}, {0x1d17, 0x3038}, {0x1d17, 0x9083},
	{0x1957, 0x8d80}, {0x1957, 0x8d8b}, {0x1957, 0x8db9}, {0x8088, 0x0100}, {0x8088, 0x010f},
	{0x8088, 0x5140}, {0x1924, 0x0923}, {0x8086, 0x10db}, {0x8086, 0x10dd}, {0x8086, 0x10e1},
	{0x8086, 0x10f1}, {0x8086, 0x1507}, {0x8086, 0x1514}, {0x8086, 0x151c}, {0x8086, 0x1529},
	{0x8086, 0x152a}, {0x8086, 0x154d}, {0x8086, 0x154f}, {0x8086, 0x1551}, {0x8086, 0x1509},
	{0x8086, 0x1516}, {0x8086, 0x1527}, {0x8086, 0x10e6}, {0x8086, 0x150a}, {0x8086, 0x150d},
	{0x8086, 0x1518}, {0x8086, 0x1526}, {0x8086, 0x10a9}, {0x8086, 0x10d6}, {0x8086, 0x10d9},
	{0x17cb, 0x0115}, {0x177d, 0xa059}, {0x14e4, 0x1750}, {0x14e4, 0x1760}, {0x0014, 0x3c19},
	{0x0014, 0x3c29}, {0x0014, 0x7a09}, {0x0014, 0x7a19}, {0x0014, 0x7a29}, {0x0014, 0x7a39},
	{0x0014, 0x7a49}, {0x0014, 0x7a59}, {0x1d17, 0x3104}, {0x1957, 0x8d88}, {0x1957, 0x8d90},
	{0x1957, 0x8d98}, {0x1957, 0x8da0}, {0x1957, 0x8da8}, {0x1957, 0x8db0}, {0x1957, 0x8db8},
	{0x8088, 0x1001}, {0x8088, 0x2001}, {0x8088, 0x5010}, {0x8088, 0x5025}, {0x8088, 0x5040},
	{0x8088, 0x5110}, {0x8088, 0x5125},
};

/* Neighbours of rows, which are in none. */
static const uint16_t ordinary_ids[][2] = {
	{0x1924, 0x0902}, {0x8086, 0x10f6}, {0x8086, 0x10fd}, {0x8086, 0x1525}, {0x8086, 0x15b9},
	{0x17cb, 0x0402}, {0x1def, 0xe00d}, {0x14e4, 0x1753}, {0x0014, 0x3c0a}, {0x1957, 0x8d84},
	{0x1957, 0x8da2}, {0x8086, 0x1563}, {0x15b3, 0x1017},
};

static void listed_devices_isolate_without_acs(void **state)
{
	struct pci_function *function = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	make_multifunction(function);
	paper_kernel(*state, "6.16.0");
	for (size_t i = 0; i < sizeof(isolating_ids) / sizeof(isolating_ids[0]); i++) {
		test_row("%04x:%04x", isolating_ids[i][0], isolating_ids[i][1]);
		set_ids(function, isolating_ids[i][0], isolating_ids[i][1]);
		expect(*state, function, ACS_ISOLATES);
	}
}

/* Rows that came after 6.1; another kernel may have taken them over. */
static void rows_newer_than_the_kernel_leave_it_unknown(void **state)
{
	static const struct {
		uint16_t vendor;
		uint16_t device;
		const char *release;
		bool has_acs;
		enum acs_verdict verdict;
	} rows[] = {
		{0x17cb, 0x0111, "7.0.1", false, ACS_ISOLATES},
		{0x17cb, 0x0111, "6.12.117+deb13-arm64", false, ACS_ISOLATES},
		{0x17cb, 0x0120, "6.19.6", false, ACS_ISOLATES},
		{0x17cb, 0x0120, "6.19.5", false, ACS_UNKNOWN},
		{0x17cb, 0x0120, "7.3.0", false, ACS_ISOLATES},
		{0x17cb, 0x0111, "6.18.15", false, ACS_UNKNOWN},
		{0x17cb, 0x0120, "6.1.0-51", false, ACS_UNKNOWN},
		{0x17cb, 0x0111, "custom", false, ACS_UNKNOWN},
		{0x17cb, 0x0111, "6.18.15", true, ACS_ISOLATES},
		{0x0014, 0x7a29, "6.16.0", false, ACS_ISOLATES},
		{0x0014, 0x7a29, "6.14.11", false, ACS_UNKNOWN},
		{0x0014, 0x7a29, "6.12.36-1", false, ACS_ISOLATES},
		{0x0014, 0x7a29, "6.12.9", false, ACS_UNKNOWN},
		{0x17cb, 0x0115, "6.12.1", false, ACS_ISOLATES},
		{0x17cb, 0x0115, "6.8.12", false, ACS_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%04x:%04x %s", rows[i].vendor, rows[i].device, rows[i].release);
		paper_reset(*state);
		struct pci_function *port =
			add_express(*state, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
		set_ids(port, rows[i].vendor, rows[i].device);
		if (rows[i].has_acs)
			set_acs(port, GOOD, GOOD);
		paper_kernel(*state, rows[i].release);
		struct acs acs = judge(*state, port);
		assert_int_equal(acs.verdict, rows[i].verdict);
		if (acs.verdict == ACS_UNKNOWN)
			assert_non_null(strstr(acs.why, "newer kernels"));
	}
}

/* Linux 5.8 came to isolate integrated endpoints of Intel's, and stable kernels took it over. */
static void integrated_endpoints_of_older_kernels_leave_it_unknown(void **state)
{
	static const struct {
		const char *release;
		enum acs_verdict verdict;
	} rows[] = {
		{"5.8.0-63-generic", ACS_ISOLATES},
		{"6.1.0-51-amd64", ACS_ISOLATES},
		{"5.7.5", ACS_ISOLATES},
		{"5.7.4", ACS_UNKNOWN},
		{"5.4.73-1-pve", ACS_ISOLATES},
		{"5.4.47", ACS_UNKNOWN},
		{"4.19.129", ACS_ISOLATES},
		{"4.19.128", ACS_UNKNOWN},
		{"4.14.185", ACS_ISOLATES},
		{"4.14.184", ACS_UNKNOWN},
		/* Their releases hide what they took over. */
		{"5.4.0-42-generic", ACS_UNKNOWN},
		{"4.18.0-553.el8_10.x86_64", ACS_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].release);
		paper_reset(*state);
		struct pci_function *function =
			add_express(*state, "0000:00:14.3", NULL, EXPRESS_INTEGRATED_ENDPOINT);
		make_multifunction(function);
		set_ids(function, 0x8086, 0x9df0);
		paper_kernel(*state, rows[i].release);
		expect(*state, function, rows[i].verdict);
	}
}

static void devices_beside_the_list_need_acs(void **state)
{
	struct pci_function *function = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	make_multifunction(function);
	for (size_t i = 0; i < sizeof(ordinary_ids) / sizeof(ordinary_ids[0]); i++) {
		test_row("%04x:%04x", ordinary_ids[i][0], ordinary_ids[i][1]);
		set_ids(function, ordinary_ids[i][0], ordinary_ids[i][1]);
		expect(*state, function, ACS_FAILS);
	}
}

static const uint16_t root_port_ids[][2] = {
	{0x177d, 0xa000}, {0x177d, 0xa7ff}, {0x177d, 0xaf84}, {0x177d, 0xb884}, {0x1c36, 0x0031},
};

static void listed_root_ports_isolate_but_not_their_like(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *endpoint = add_express(*state, "0000:00:02.0", NULL, EXPRESS_ENDPOINT);

	make_multifunction(endpoint);
	for (size_t i = 0; i < sizeof(root_port_ids) / sizeof(root_port_ids[0]); i++) {
		test_row("%04x:%04x", root_port_ids[i][0], root_port_ids[i][1]);
		set_ids(port, root_port_ids[i][0], root_port_ids[i][1]);
		set_ids(endpoint, root_port_ids[i][0], root_port_ids[i][1]);
		expect(*state, port, ACS_ISOLATES);
		expect(*state, endpoint, ACS_FAILS);
	}
}

static void integrated_endpoints_of_intel_isolate(void **state)
{
	struct pci_function *function =
		add_express(*state, "0000:00:14.0", NULL, EXPRESS_INTEGRATED_ENDPOINT);

	make_multifunction(function);
	expect(*state, function, ACS_FAILS);
	set_ids(function, 0x8086, 0xa36d);
	expect(*state, function, ACS_ISOLATES);
}

static const uint16_t southbridges[][2] = {
	{0x1002, 0x4385}, {0x1002, 0x439c}, {0x1002, 0x4383}, {0x1002, 0x439d},
	{0x1002, 0x4384}, {0x1002, 0x4399}, {0x1022, 0x780f}, {0x1022, 0x7809},
};

static void amd_southbridge_isolates_where_an_ivrs_is(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(*state, "0000:00:14.0", NULL);
	const struct fact absent = paper->host.acpi.ivrs.fact;

	make_multifunction(function);
	for (size_t i = 0; i < sizeof(southbridges) / sizeof(southbridges[0]); i++) {
		test_row("%04x:%04x", southbridges[i][0], southbridges[i][1]);
		set_ids(function, southbridges[i][0], southbridges[i][1]);
		paper->host.acpi.ivrs.fact = absent;
		expect(*state, function, ACS_FAILS);
		paper->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", 13);
		expect(*state, function, ACS_ISOLATES);
		paper->host.acpi.ivrs.fact = (struct fact){.state = FACT_NOT_CAPTURED};
		expect(*state, function, ACS_UNKNOWN);
	}
}

static void amd_southbridge_alone_in_its_slot_gets_no_favour(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_function(*state, "0000:00:14.0", NULL);

	paper->host.acpi.ivrs.fact = known("/sys/firmware/acpi/tables/IVRS");
	set_ids(function, 0x1022, 0x780f);
	expect(*state, function, ACS_FAILS);
}

static const uint16_t pch_ports[][2] = {
	{0x8086, 0x1e10}, {0x8086, 0x9c10}, {0x8086, 0x8d10}, {0x8086, 0x3b42}, {0x8086, 0x3b51},
	{0x8086, 0x1c10}, {0x8086, 0x1e1f}, {0x8086, 0x8c10}, {0x8086, 0x9c1b}, {0x8086, 0x9c90},
	{0x8086, 0x1d10}, {0x8086, 0x1d1e}, {0x8086, 0x8d11}, {0x8086, 0x8c90}, {0x8086, 0x8c9e},
};

static void pch_ports_isolate_by_the_lpc_bridges_workaround(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *lpc = add_function(*state, "0000:00:1f.0", NULL);

	for (size_t i = 0; i < sizeof(pch_ports) / sizeof(pch_ports[0]); i++) {
		test_row("%04x:%04x", pch_ports[i][0], pch_ports[i][1]);
		set_ids(port, pch_ports[i][0], pch_ports[i][1]);
		set_config32(lpc, LPC_RCBA, 0xfed1c001);
		expect(*state, port, ACS_ISOLATES);
		set_config32(lpc, LPC_RCBA, 0xfed1c000);
		expect(*state, port, ACS_FAILS);
	}
}

static void odd_ids_of_two_chipsets_are_no_pch_ports(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	set_config32(add_function(*state, "0000:00:1f.0", NULL), LPC_RCBA, 1);
	set_ids(port, 0x8086, 0x1d11);
	expect(*state, port, ACS_FAILS);
	set_ids(port, 0x8086, 0x8c91);
	expect(*state, port, ACS_FAILS);
}

static void pch_port_shows_the_workaround_where_the_lpc_bridge_was_not_read(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	set_ids(port, 0x8086, 0x1c10);
	set_config32(port, PORT_MPC, MPC_IRBNCE);
	expect(*state, port, ACS_UNKNOWN);
	add_unit(*state, "dmar0", IOMMU_VTD);
	expect(*state, port, ACS_ISOLATES);
	set_config32(port, PORT_MPC, 0);
	expect(*state, port, ACS_UNKNOWN);
}

static const uint16_t spt_ports[][2] = {
	{0x8086, 0xa110}, {0x8086, 0xa11f}, {0x8086, 0xa167}, {0x8086, 0xa16a}, {0x8086, 0xa290},
	{0x8086, 0xa29f}, {0x8086, 0xa2e7}, {0x8086, 0xa2ee}, {0x8086, 0x9d10}, {0x8086, 0x9d1b},
};

/* ACSCap is a dword, and ACSCtl stands behind it at 8. */
static void spt_ports_have_wide_registers(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	add_unit(*state, "dmar0", IOMMU_VTD);
	for (size_t i = 0; i < sizeof(spt_ports) / sizeof(spt_ports[0]); i++) {
		test_row("%04x:%04x", spt_ports[i][0], spt_ports[i][1]);
		set_ids(port, spt_ports[i][0], spt_ports[i][1]);
		set_acs(port, GOOD, 0);
		set_config32(port, 0x108, GOOD);
		expect(*state, port, ACS_ISOLATES);
		set_config32(port, 0x108, ACS_SV);
		expect(*state, port, ACS_FAILS);
	}
}

static void spt_port_without_acs_fails(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	set_ids(port, 0x8086, 0xa110);
	expect(*state, port, ACS_FAILS);
}

static void zhaoxin_ports_are_trusted_by_id_alone(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);

	set_acs(port, GOOD, GOOD);
	static const uint16_t trusted[] = {0x0710, 0x071e, 0x0721, 0x0723, 0x0752};
	for (size_t i = 0; i < sizeof(trusted) / sizeof(trusted[0]); i++) {
		test_row("%04x", trusted[i]);
		set_ids(port, 0x1d17, trusted[i]);
		expect(*state, port, ACS_ISOLATES);
	}
	static const uint16_t distrusted[] = {0x070f, 0x0720, 0x0722, 0x0753};
	for (size_t i = 0; i < sizeof(distrusted) / sizeof(distrusted[0]); i++) {
		test_row("%04x", distrusted[i]);
		set_ids(port, 0x1d17, distrusted[i]);
		expect(*state, port, ACS_FAILS);
	}
}

static void zhaoxin_endpoints_follow_the_common_rules(void **state)
{
	struct pci_function *function = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	set_ids(function, 0x1d17, 0x0999);
	expect(*state, function, ACS_ISOLATES);
}

static void wangxun_functions_beside_the_list_fail_even_with_acs(void **state)
{
	struct pci_function *function = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	set_ids(function, 0x8088, 0x0110);
	set_acs(function, GOOD, GOOD);
	struct acs acs = judge(*state, function);
	assert_int_equal(acs.verdict, ACS_FAILS);
	assert_int_equal(acs.reason, ACS_DISTRUSTED);
}

static void unread_ids_are_unknown(void **state)
{
	struct pci_function *function = add_express(*state, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	function->vendor.fact = unreadable("vendor", 5);
	expect(*state, function, ACS_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_port_type_has_its_rule),
		TEST(conventional_function_fails),
		TEST(function_above_zero_is_multifunction_without_its_bit),
		TEST(vf_isolates_at_any_number),
		TEST(downstream_port_below_one_that_faces_down_faces_up),
		TEST(upstream_port_below_an_upstream_port_faces_down),
		TEST(bits_that_the_capability_lacks_are_hard_wired),
		TEST(translation_blocking_and_egress_are_not_asked_for),
		TEST(bits_that_are_off_are_named),
		TEST(kernel_sets_the_bits_once_the_iommu_is_on),
		TEST(bits_under_an_iommu_of_unknown_state_are_unknown),
		TEST(unread_capabilities_are_unknown),
		TEST(unreachable_extended_space_is_unknown),
		TEST(idt_switch_without_validation_counts_on_new_kernels),
		TEST(lists_are_read_as_the_kernel_reads_them),
		TEST(redirection_that_the_command_line_takes_is_missing),
		TEST(config_acs_means_nothing_to_older_kernels),
		TEST(config_acs_leaves_the_registers_as_they_are),
		TEST(acs_options_of_a_kernel_of_unknown_version_are_unknown),
		TEST(listed_devices_isolate_without_acs),
		TEST(rows_newer_than_the_kernel_leave_it_unknown),
		TEST(integrated_endpoints_of_older_kernels_leave_it_unknown),
		TEST(devices_beside_the_list_need_acs),
		TEST(listed_root_ports_isolate_but_not_their_like),
		TEST(integrated_endpoints_of_intel_isolate),
		TEST(amd_southbridge_isolates_where_an_ivrs_is),
		TEST(amd_southbridge_alone_in_its_slot_gets_no_favour),
		TEST(pch_ports_isolate_by_the_lpc_bridges_workaround),
		TEST(odd_ids_of_two_chipsets_are_no_pch_ports),
		TEST(pch_port_shows_the_workaround_where_the_lpc_bridge_was_not_read),
		TEST(spt_ports_have_wide_registers),
		TEST(spt_port_without_acs_fails),
		TEST(zhaoxin_ports_are_trusted_by_id_alone),
		TEST(zhaoxin_endpoints_follow_the_common_rules),
		TEST(wangxun_functions_beside_the_list_fail_even_with_acs),
		TEST(unread_ids_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

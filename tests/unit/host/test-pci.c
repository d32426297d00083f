/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/pci.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"

#define ROOT_BUS "/sys/devices/pci0000:00"

static struct test_config nic(void)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, 0x020000);
	return config;
}

static struct test_config bridge(void)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x3420, 0x060400);
	config.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	return config;
}

/* Adds a NIC to the root bus; returns its path. */
static const char *add_nic(const struct tree *tree, const char *address)
{
	struct test_config config = nic();

	return tree_function(tree, ROOT_BUS, address, &config);
}

static struct pci *load(struct tree *tree)
{
	struct pci *pci = arena_alloc(tree->arena, sizeof(*pci));

	pci_load(tree_open(tree), tree->arena, &(struct iommu_groups){0}, pci);
	assert_false(arena_failed(tree->arena));
	return pci;
}

static const struct pci_function *find(const struct pci *pci, const char *name)
{
	const struct pci_function *function = pci_find_name(pci, name);

	if (!function)
		fail_msg("no function %s", name);
	return function;
}

static void addresses_have_domains_of_4_to_8_digits(void **state)
{
	static const struct {
		const char *text;
		struct pci_address address;
	} rows[] = {
		{"0000:03:1f.7", {0, 3, 0x1f, 7}},
		{"ffff:ff:00.0", {0xffff, 0xff, 0, 0}},
		{"10000:e1:00.0", {0x10000, 0xe1, 0, 0}},
		{"abcdef01:0A:0b.1", {0xabcdef01, 0x0a, 0x0b, 1}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].text);
		struct pci_address address;
		assert_int_equal(pci_address_parse(rows[i].text, &address), 0);
		assert_int_equal(pci_address_compare(&address, &rows[i].address), 0);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"0000",
		"03:00.0",
		"000:03:00.0",
		"123456789:03:00.0",
		"0000:3:00.0",
		"0000:03:0.0",
		"0000:03:20.0",
		"0000:03:00.8",
		"0000:03:00.",
		"0000:03:00.00",
		"0000:03:00.0 ",
		" 0000:03:00.0",
		"0000:03:00:0",
		"0000-03-00.0",
		"0x00:03:00.0",
		"0000:03:00.0\n",
		"000g:03:00.0",
		"0000:-1:00.0",
		"+000:03:00.0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_row("%s", texts[i]);
		struct pci_address address = {.bus = 0xaa};
		assert_int_equal(pci_address_parse(texts[i], &address), -EINVAL);
		assert_int_equal(address.bus, 0xaa);
	}
}

static void addresses_are_spelled_as_the_kernel_does(void **state)
{
	static const struct {
		struct pci_address address;
		const char *text;
	} rows[] = {
		{{0, 3, 0x1f, 7}, "0000:03:1f.7"},
		{{0x10000, 0xe1, 0, 0}, "10000:e1:00.0"},
		{{0xffffffff, 0xff, 0x1f, 7}, "ffffffff:ff:1f.7"},
	};
	char text[PCI_ADDRESS_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].text);
		pci_address_format(&rows[i].address, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void requester_ids_are_bus_device_and_function(void **state)
{
	const struct pci_address address = {
		.domain = 5, .bus = 0x3d, .device = 0x1f, .function = 6};

	(void)state;
	assert_int_equal(pci_devfn(&address), 0xfe);
	assert_int_equal(pci_requester_id(&address), 0x3dfe);
}

static void functions_are_sorted_and_found_by_address(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "10000:00:00.0");
	add_nic(tree, "0000:0a:00.0");
	add_nic(tree, "0000:02:00.1");
	add_nic(tree, "0000:02:00.0");
	struct pci *pci = load(tree);
	assert_int_equal(pci->fact.state, FACT_KNOWN);
	assert_int_equal(pci->count, 4);
	assert_string_equal(pci->functions[0].name, "0000:02:00.0");
	assert_string_equal(pci->functions[1].name, "0000:02:00.1");
	assert_string_equal(pci->functions[2].name, "0000:0a:00.0");
	assert_string_equal(pci->functions[3].name, "10000:00:00.0");
	assert_ptr_equal(find(pci, "0000:0a:00.0"), &pci->functions[2]);
	assert_null(pci_find_name(pci, "0000:0b:00.0"));
	assert_null(pci_find_name(pci, "eth0"));
}

static void names_that_are_no_addresses_are_kept_apart(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:0a:00.0");
	tree_directory(tree, "/sys/bus/pci/devices/nonsense");
	/* The kernel spells 0000:0a:00.0 in one way. */
	tree_directory(tree, "/sys/bus/pci/devices/0000:0A:00.0");
	tree_directory(tree, "/sys/bus/pci/devices/00000:0a:00.0");
	struct pci *pci = load(tree);
	assert_int_equal(pci->count, 1);
	assert_int_equal(pci->foreign_count, 3);
	assert_string_equal(pci->foreign[2], "nonsense");
}

static void a_host_without_pci_has_none(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/sys/bus/pci");
	struct pci *pci = load(tree);
	assert_int_equal(pci->fact.state, FACT_ABSENT);
	assert_int_equal(pci->count, 0);
	assert_null(pci_find_name(pci, "0000:00:00.0"));
}

static void ids_and_class_come_from_config_space(void **state)
{
	struct tree *tree = *state;
	struct test_config config = nic();

	put16(config.bytes + PCI_SUBSYSTEM_VENDOR_ID, 0x9005);
	put16(config.bytes + PCI_SUBSYSTEM_ID, 0x02bb);
	tree_function(tree, ROOT_BUS, "0000:00:02.0", &config);
	const struct pci_function *function = find(load(tree), "0000:00:02.0");
	assert_int_equal(function->vendor.value, 0x8086);
	assert_int_equal(function->device.value, 0x10c9);
	assert_int_equal(function->class_code.value, 0x020000);
	assert_int_equal(function->subsystem_vendor.value, 0x9005);
	assert_int_equal(function->subsystem_device.value, 0x02bb);
	assert_int_equal(function->config.length, CONFIG_EXPRESS_SIZE);
	assert_int_equal(pci_class(function), 0x0200);
	assert_int_equal(pci_header_type(function), 0);
}

/* What a VF, a function in D3cold, and one that is not ready show of their ids. */
static void ids_that_config_space_hides_come_from_attributes(void **state)
{
	static const uint16_t hidden[] = {0xffff, 0x0001, 0x0000};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		const char *address = arena_printf(tree->arena, "0000:00:%02zx.0", i);
		struct test_config config = nic();
		put16(config.bytes + PCI_VENDOR_ID, hidden[i]);
		put16(config.bytes + PCI_DEVICE_ID, 0xffff);
		const char *path = tree_function(tree, ROOT_BUS, address, &config);
		tree_attribute(tree, path, "vendor", "0x8086\n");
		tree_attribute(tree, path, "device", "0x10ca\n");
	}
	struct pci *pci = load(tree);
	assert_int_equal(pci->count, sizeof(hidden) / sizeof(hidden[0]));
	for (size_t i = 0; i < pci->count; i++) {
		assert_int_equal(pci->functions[i].vendor.value, 0x8086);
		assert_int_equal(pci->functions[i].device.value, 0x10ca);
	}
}

static void an_id_of_more_than_16_bits_is_malformed(void **state)
{
	struct tree *tree = *state;
	struct test_config config = nic();

	config.length = 0;
	const char *path = tree_function(tree, ROOT_BUS, "0000:00:02.0", &config);
	tree_attribute(tree, path, "vendor", "0x18086\n");
	tree_attribute(tree, path, "device", "-1\n");
	tree_attribute(tree, path, "class", "0x1000000\n");
	const struct pci_function *function = find(load(tree), "0000:00:02.0");
	assert_int_equal(function->vendor.fact.state, FACT_MALFORMED);
	assert_int_equal(function->device.fact.state, FACT_MALFORMED);
	assert_int_equal(function->class_code.fact.state, FACT_MALFORMED);
	assert_int_equal(pci_class(function), -1);
	assert_int_equal(pci_header_type(function), -1);
}

/* The kernel lists no function of another type: what was read is not of this one. */
static void config_space_of_an_unknown_header_type_is_malformed(void **state)
{
	static const struct {
		uint8_t type;
		enum fact_state state;
	} rows[] = {
		{0x00, FACT_KNOWN},     {0x80, FACT_KNOWN},     {0x81, FACT_KNOWN},
		{0x02, FACT_KNOWN},     {0xff, FACT_KNOWN},     {0x03, FACT_MALFORMED},
		{0x61, FACT_MALFORMED}, {0x83, FACT_MALFORMED}, {0x7f, FACT_MALFORMED},
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct test_config config = nic();
		test_row("%02x", rows[i].type);
		config.bytes[PCI_HEADER_TYPE] = rows[i].type;
		tree_function(tree, ROOT_BUS, arena_printf(tree->arena, "0000:%02zx:00.0", i),
			      &config);
	}
	struct pci *pci = load(tree);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%02x", rows[i].type);
		assert_int_equal(pci->functions[i].config.fact.state, rows[i].state);
	}
}

static void config_space_of_odd_sizes_is_malformed_or_short(void **state)
{
	static const struct {
		size_t length;
		enum fact_state state;
	} rows[] = {
		{0, FACT_MALFORMED},    {1, FACT_MALFORMED}, {63, FACT_MALFORMED},
		{64, FACT_KNOWN},       {65, FACT_KNOWN},    {255, FACT_KNOWN},
		{257, FACT_KNOWN},      {4095, FACT_KNOWN},  {4096, FACT_KNOWN},
		{4097, FACT_MALFORMED},
	};
	static uint8_t bytes[CONFIG_EXPRESS_SIZE + 1];
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = add_nic(tree, arena_printf(tree->arena, "0000:%02zx:00.0", i));
		tree_bytes(tree, arena_printf(tree->arena, "%s/config", path), bytes,
			   rows[i].length);
	}
	struct pci *pci = load(tree);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("config of %zu bytes", rows[i].length);
		const struct config_space *config = &pci->functions[i].config;
		assert_int_equal(config->fact.state, rows[i].state);
		assert_int_equal(config->length, rows[i].state == FACT_KNOWN ? rows[i].length : 0);
	}
}

static void bridges_have_no_subsystem_in_their_header(void **state)
{
	struct tree *tree = *state;
	struct test_config config = bridge();

	put16(config.bytes + PCI_SUBSYSTEM_VENDOR_ID, 0x1234);
	tree_function(tree, ROOT_BUS, "0000:00:01.0", &config);
	const struct pci_function *function = find(load(tree), "0000:00:01.0");
	assert_int_equal(function->subsystem_vendor.fact.state, FACT_ABSENT);
	assert_int_equal(pci_header_type(function), PCI_HEADER_TYPE_BRIDGE);
}

static void links_are_read_by_their_last_part(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_driver(tree, path, "igb");
	tree_group(tree, path, 300);
	tree_link(tree, arena_printf(tree->arena, "%s/iommu", path), "../../virtual/iommu/dmar1");
	const struct pci_function *function = find(load(tree), "0000:00:02.0");
	assert_string_equal(function->driver.text, "igb");
	assert_int_equal(function->group.value, 300);
	assert_string_equal(function->iommu.text, "dmar1");
}

static void links_that_are_not_there_are_absent(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	const struct pci_function *function = find(load(tree), "0000:00:02.0");
	assert_int_equal(function->driver.fact.state, FACT_ABSENT);
	assert_int_equal(function->group.fact.state, FACT_ABSENT);
	assert_int_equal(function->iommu.fact.state, FACT_ABSENT);
	assert_int_equal(function->physfn.fact.state, FACT_ABSENT);
	assert_false(pci_is_vf(function));
}

static void a_group_that_is_no_number_is_malformed(void **state)
{
	static const char *const names[] = {"0x10", "-1", "1a", "99999999999", "+5"};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *path = add_nic(tree, arena_printf(tree->arena, "0000:00:%02zx.0", i));
		tree_link(tree, arena_printf(tree->arena, "%s/iommu_group", path), names[i]);
	}
	struct pci *pci = load(tree);
	for (size_t i = 0; i < pci->count; i++)
		assert_int_equal(pci->functions[i].group.fact.state, FACT_MALFORMED);
}

static void a_link_to_the_folder_of_another_tells_nothing_of_the_function(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:03.0");
	tree_link(tree, "/sys/bus/pci/devices/0000:00:02.0", ROOT_BUS "/0000:00:03.0");
	const struct pci_function *function = find(load(tree), "0000:00:02.0");
	assert_int_equal(function->config.fact.state, FACT_NOT_CAPTURED);
	assert_int_equal(function->vendor.fact.state, FACT_NOT_CAPTURED);
	assert_int_not_equal(function->parent_state, FACT_ABSENT);
	assert_null(function->parent);
}

static void a_link_to_nowhere_tells_nothing_of_the_function(void **state)
{
	struct tree *tree = *state;

	/* The bus is there, and so the function was captured, or listed, before it went. */
	add_nic(tree, "0000:00:03.0");
	tree_link(tree, "/sys/bus/pci/devices/0000:00:02.0", ROOT_BUS "/0000:00:02.0");
	const struct pci_function *function = find(load(tree), "0000:00:02.0");
	assert_int_equal(function->config.fact.state, FACT_NOT_CAPTURED);
	assert_int_equal(function->vendor.fact.state, FACT_NOT_CAPTURED);
	assert_int_equal(function->group.fact.state, FACT_NOT_CAPTURED);
	assert_int_equal(function->driver.fact.state, FACT_NOT_CAPTURED);
	assert_int_equal(function->sriov.totalvfs.fact.state, FACT_NOT_CAPTURED);
	assert_string_equal(function->group.fact.source, ROOT_BUS "/0000:00:02.0");
}

static void parents_are_the_folders_above(void **state)
{
	struct tree *tree = *state;
	struct test_config port = bridge(), config = nic();
	const char *path = tree_function(tree, ROOT_BUS, "0000:00:01.0", &port);

	tree_function(tree, path, "0000:01:00.0", &config);
	struct pci *pci = load(tree);
	const struct pci_function *function = find(pci, "0000:01:00.0");
	assert_int_equal(function->parent_state, FACT_KNOWN);
	assert_ptr_equal(function->parent, find(pci, "0000:00:01.0"));
	assert_int_equal(function->parent->parent_state, FACT_ABSENT);
	assert_null(function->parent->parent);
	assert_string_equal(pci_host_bridge(function, tree->arena), "pci0000:00");
}

/* Firmware gives buses their numbers, in any order. */
static void a_port_is_corrected_also_below_one_of_a_higher_address(void **state)
{
	struct tree *tree = *state;
	struct test_config above = bridge(), below = bridge();

	config_add_express(&above, PCI_EXP_TYPE_ROOT_PORT);
	config_add_express(&below, PCI_EXP_TYPE_DOWNSTREAM);
	const char *path = tree_function(tree, ROOT_BUS, "0000:05:01.0", &above);
	path = tree_function(tree, path, "0000:03:00.0", &below);
	tree_function(tree, path, "0000:02:00.0", &below);
	const struct pci *pci = load(tree);
	assert_int_equal(find(pci, "0000:05:01.0")->pcie_type, PCIE_ROOT_PORT);
	assert_int_equal(find(pci, "0000:03:00.0")->pcie_type, PCIE_UPSTREAM_PORT);
	assert_int_equal(find(pci, "0000:02:00.0")->pcie_type, PCIE_DOWNSTREAM_PORT);
}

static void a_tree_without_the_folders_above_tells_no_parent(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/sys/bus/pci/devices");
	tree_file(tree, "/sys/bus/pci/devices/0000:01:00.0/vendor", "0x8086\n");
	const struct pci_function *function = find(load(tree), "0000:01:00.0");
	assert_int_equal(function->vendor.value, 0x8086);
	assert_int_equal(function->parent_state, FACT_NOT_CAPTURED);
	assert_null(pci_host_bridge(function, tree->arena));
}

static void no_function_is_its_own_ancestor(void **state)
{
	struct tree *tree = *state;
	struct test_config config = nic();
	const char *first = ROOT_BUS "/0000:01:00.0/0000:02:00.0";
	const char *second = ROOT_BUS "/0000:02:00.0/0000:01:00.0";

	tree_function(tree, ROOT_BUS "/0000:01:00.0", "0000:02:00.0", &config);
	tree_function(tree, ROOT_BUS "/0000:02:00.0", "0000:01:00.0", &config);
	struct pci *pci = load(tree);
	assert_string_equal(find(pci, "0000:02:00.0")->path, first);
	assert_string_equal(find(pci, "0000:01:00.0")->path, second);
	assert_null(find(pci, "0000:02:00.0")->parent);
	assert_null(find(pci, "0000:01:00.0")->parent);
}

static void functions_below_a_vmd_endpoint_name_it(void **state)
{
	struct tree *tree = *state;
	struct test_config vmd, port = bridge(), config = nic();

	config_begin(&vmd, 0x8086, 0x28c0, 0x010400);
	const char *path = tree_function(tree, "/sys/devices/pci0000:5d", "0000:5d:05.5", &vmd);
	path = tree_function(tree, arena_printf(tree->arena, "%s/pci10000:00", path),
			     "10000:00:02.0", &port);
	tree_function(tree, path, "10000:01:00.0", &config);
	struct pci *pci = load(tree);
	const struct pci_function *endpoint = find(pci, "0000:5d:05.5");
	assert_null(endpoint->vmd);
	assert_ptr_equal(find(pci, "10000:00:02.0")->vmd, endpoint);
	assert_int_equal(find(pci, "10000:00:02.0")->parent_state, FACT_ABSENT);
	assert_ptr_equal(find(pci, "10000:01:00.0")->vmd, endpoint);
	assert_string_equal(pci_host_bridge(endpoint, tree->arena), "pci0000:5d");
	assert_string_equal(pci_host_bridge(find(pci, "10000:01:00.0"), tree->arena),
			    "pci10000:00");
}

/* Adds a function beside others below /sys/devices, in that group and on that driver. */
static void add_beside(struct tree *tree, const char *root_bus, const char *name, const char *group,
		       const char *driver)
{
	struct test_config config = nic();
	const char *path = tree_function(
		tree, arena_printf(tree->arena, "/sys/devices/%s", root_bus), name, &config);

	tree_link(tree, arena_printf(tree->arena, "%s/iommu_group", path),
		  arena_printf(tree->arena, "/sys/kernel/iommu_groups/%s", group));
	tree_link(tree, arena_printf(tree->arena, "%s/driver", path),
		  arena_printf(tree->arena, "/sys/bus/pci/drivers/%s", driver));
}

static void a_vmd_endpoint_is_found_by_group_or_driver(void **state)
{
	struct tree *tree = *state;

	add_beside(tree, "pci0000:5d", "0000:5d:05.5", "5", "vmd");
	add_beside(tree, "pci0000:85", "0000:85:05.5", "6", "vmd");
	add_beside(tree, "pci10000:00", "10000:01:00.0", "5", "nvme");
	add_beside(tree, "pci10001:00", "10001:01:00.0", "6", "nvme");
	add_beside(tree, "pci10003:00", "10003:01:00.0", "8", "nvme");
	struct pci *pci = load(tree);
	assert_ptr_equal(find(pci, "10000:01:00.0")->vmd, find(pci, "0000:5d:05.5"));
	assert_ptr_equal(find(pci, "10001:01:00.0")->vmd, find(pci, "0000:85:05.5"));
	assert_null(find(pci, "10003:01:00.0")->vmd);
}

static void a_vmd_endpoint_without_a_driver_link_is_found_by_its_ids(void **state)
{
	struct tree *tree = *state;
	struct test_config vmd, config = nic();

	config_begin(&vmd, 0x8086, 0x201d, 0x010400);
	tree_function(tree, "/sys/devices/pci0000:5d", "0000:5d:05.5", &vmd);
	tree_function(tree, "/sys/devices/pci10000:00", "10000:01:00.0", &config);
	struct pci *pci = load(tree);
	assert_ptr_equal(find(pci, "10000:01:00.0")->vmd, find(pci, "0000:5d:05.5"));
}

static void a_vf_names_its_pf(void **state)
{
	struct tree *tree = *state;
	const char *pf = add_nic(tree, "0000:00:02.0"), *vf = add_nic(tree, "0000:00:02.1");

	tree_link(tree, arena_printf(tree->arena, "%s/physfn", vf), pf);
	/* One that names a VF as its PF. */
	const char *odd = add_nic(tree, "0000:00:02.2");
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", odd), vf);
	struct pci *pci = load(tree);
	assert_true(pci_is_vf(find(pci, "0000:00:02.1")));
	assert_ptr_equal(find(pci, "0000:00:02.1")->pf, find(pci, "0000:00:02.0"));
	assert_null(find(pci, "0000:00:02.0")->pf);
	assert_null(find(pci, "0000:00:02.2")->pf);
}

static void a_vf_is_an_endpoint_even_where_its_header_is_ones(void **state)
{
	struct tree *tree = *state;
	struct test_config config = nic();

	memset(config.bytes, 0xff, sizeof(config.bytes));
	const char *vf = tree_function(tree, ROOT_BUS, "0000:00:02.1", &config);
	tree_function(tree, ROOT_BUS, "0000:00:03.0", &config);
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", vf), "../0000:00:02.0");
	struct pci *pci = load(tree);
	assert_int_equal(pci_header_type(find(pci, "0000:00:02.1")), PCI_HEADER_TYPE_NORMAL);
	assert_int_equal(pci_header_type(find(pci, "0000:00:03.0")), -1);
}

static void resources_are_read_line_by_line(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_attribute(tree, path, "resource",
		       "0x00000000fe000000 0x00000000fe01ffff 0x0000000000040200\n"
		       "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
		       "0xffffffff00000000 0xffffffffffffffff 0x000000000014220c\n");
	const struct pci_resources *resources = &find(load(tree), "0000:00:02.0")->resources;
	assert_int_equal(resources->fact.state, FACT_KNOWN);
	assert_int_equal(resources->count, 3);
	assert_true(resources->lines[0].start == 0xfe000000);
	assert_true(resources->lines[0].end == 0xfe01ffff);
	assert_true(resources->lines[0].flags == 0x40200);
	assert_true(resources->lines[2].start == 0xffffffff00000000);
	assert_true(resources->lines[2].end == UINT64_MAX);
}

static void resources_of_another_form_are_malformed(void **state)
{
	static const char *const texts[] = {
		"0x0000000000000000 0x0000000000000000\n",
		"0x0000000000000000 0x0000000000000000 0x0000000000000000",
		"0x0000000000000000 0x0000000000000000 0x0000000000000000\n\n",
		"0x0000000000000000 0x0000000000000000 0x0000000000000000 \n",
		"0x00000000000000000 0x0000000000000000 0x0000000000000000\n",
		"0x0 0x0 0x0\n",
		"0x-000000000000001 0x0000000000000000 0x0000000000000000\n",
		"nonsense\n",
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		tree_attribute(tree, add_nic(tree, arena_printf(tree->arena, "0000:00:%02zx.0", i)),
			       "resource", texts[i]);
	struct pci *pci = load(tree);
	for (size_t i = 0; i < pci->count; i++) {
		assert_int_equal(pci->functions[i].resources.fact.state, FACT_MALFORMED);
		assert_int_equal(pci->functions[i].resources.count, 0);
	}
}

static void a_node_that_firmware_does_not_know_is_minus_1(void **state)
{
	struct tree *tree = *state;

	tree_attribute(tree, add_nic(tree, "0000:00:02.0"), "numa_node", "-1\n");
	tree_attribute(tree, add_nic(tree, "0000:00:03.0"), "numa_node", "1\n");
	tree_attribute(tree, add_nic(tree, "0000:00:04.0"), "numa_node", "-2\n");
	struct pci *pci = load(tree);
	assert_int_equal(find(pci, "0000:00:02.0")->numa_node.value, -1);
	assert_int_equal(find(pci, "0000:00:03.0")->numa_node.value, 1);
	assert_int_equal(find(pci, "0000:00:04.0")->numa_node.fact.state, FACT_MALFORMED);
}

static void text_has_no_newline_at_its_end(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_attribute(tree, path, "reset_method", "flr bus\n");
	const struct pci_function *function = find(load(tree), "0000:00:02.0");
	assert_string_equal(function->reset_method.text, "flr bus");
	assert_int_equal(function->reset_method.length, 7);
}

static void one_function_with_resets_tells_of_the_kernel(void **state)
{
	struct tree *tree = *state;

	add_nic(tree, "0000:00:02.0");
	tree_attribute(tree, add_nic(tree, "0000:00:03.0"), "reset_method", "bus\n");
	assert_true(load(tree)->shows_resets);
}

static void without_resets_nothing_is_told_of_the_kernel(void **state)
{
	add_nic(*state, "0000:00:02.0");
	assert_false(load(*state)->shows_resets);
}

static void what_is_below_an_external_port_says_so(void **state)
{
	struct tree *tree = *state;

	tree_attribute(tree, add_nic(tree, "0000:00:02.0"), "removable", "removable\n");
	add_nic(tree, "0000:00:03.0");
	struct pci *pci = load(tree);
	assert_string_equal(find(pci, "0000:00:02.0")->removable.text, "removable");
	assert_int_equal(find(pci, "0000:00:03.0")->removable.fact.state, FACT_ABSENT);
}

/* A display below a root port and a switch port; the root port may have a node of ACPI, and that
 * power resources. */
static enum fact_state port_power_of(struct tree *tree, const char *node, const char *resources)
{
	struct test_config port = bridge(), display;
	const char *root = tree_function(tree, ROOT_BUS, "0000:00:01.0", &port);
	const char *lower = tree_function(tree, root, "0000:01:00.0", &port);

	config_begin(&display, 0x1002, 0x7550, 0x030000);
	tree_function(tree, lower, "0000:02:00.0", &display);
	if (node)
		tree_link(tree, arena_printf(tree->arena, "%s/firmware_node", root), node);
	if (resources)
		tree_directory(tree, resources);
	return find(load(tree), "0000:02:00.0")->port_power.fact.state;
}

#define ACPI_NODE  "/sys/devices/LNXSYSTM:00/device:01"
#define ROOT_PORT  ROOT_BUS "/0000:00:01.0"
#define LOWER_PORT ROOT_PORT "/0000:01:00.0"

/* A port that is awake keeps those above it so. */
static void a_port_that_is_kept_awake_stays_on(void **state)
{
	static const struct {
		const char *root;    /* power/control of the port that ACPI can cut off */
		const char *lower;   /* power/control of the port below it */
		const char *allowed; /* d3cold_allowed of that one */
		enum fact_state expected;
	} rows[] = {
		{"auto", "auto", "1", FACT_KNOWN},
		{"on", "auto", "1", FACT_ABSENT},
		{"auto", "on", "1", FACT_ABSENT},
		{"auto", "auto", "0", FACT_ABSENT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct tree *tree;

		test_row("%s %s %s", rows[i].root, rows[i].lower, rows[i].allowed);
		tree_setup((void **)&tree);
		tree_attribute(tree, ROOT_PORT, "power/control", rows[i].root);
		tree_attribute(tree, LOWER_PORT, "power/control", rows[i].lower);
		tree_attribute(tree, LOWER_PORT, "d3cold_allowed", rows[i].allowed);
		assert_int_equal(port_power_of(tree, ACPI_NODE, ACPI_NODE "/power_resources_D3hot"),
				 rows[i].expected);
		tree_teardown((void **)&tree);
	}
}

static void a_port_that_acpi_can_cut_off_is_found_above_a_display(void **state)
{
	assert_int_equal(port_power_of(*state, ACPI_NODE, ACPI_NODE "/power_resources_D3hot"),
			 FACT_KNOWN);
}

static void a_port_with_a_node_of_acpi_alone_stays_on(void **state)
{
	assert_int_equal(port_power_of(*state, ACPI_NODE, ACPI_NODE "/power"), FACT_ABSENT);
}

static void without_a_node_of_acpi_the_power_of_ports_is_not_known(void **state)
{
	assert_int_equal(port_power_of(*state, NULL, NULL), FACT_NOT_CAPTURED);
}

static struct fact_number irq_of(struct tree *tree, const char *folder, uint8_t pin)
{
	struct test_config config;

	config_begin(&config, 0x1283, 0x8211, 0x010400);
	config.bytes[0x3d] = pin;
	const char *path = tree_function(tree, folder, "0000:02:00.0", &config);
	tree_attribute(tree, path, "irq", "16");
	return find(load(tree), "0000:02:00.0")->irq;
}

static void a_conventional_function_behind_a_bridge_is_asked_for_its_line(void **state)
{
	struct fact_number irq = irq_of(*state, ROOT_PORT, 1);

	assert_true(fact_known(&irq.fact));
	assert_int_equal(irq.value, 16);
}

static void a_function_without_a_pin_is_not_asked_for_its_line(void **state)
{
	struct fact_number irq = irq_of(*state, ROOT_PORT, 0);

	assert_true(fact_absent(&irq.fact));
}

static void a_function_of_the_chipset_is_not_asked_for_its_line(void **state)
{
	struct fact_number irq = irq_of(*state, ROOT_BUS, 1);

	assert_true(fact_absent(&irq.fact));
}

static void network_functions_have_interfaces(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_directory(tree, arena_printf(tree->arena, "%s/net/eth1", path));
	tree_directory(tree, arena_printf(tree->arena, "%s/net/eth0", path));
	const struct fact_list *netdevs = &find(load(tree), "0000:00:02.0")->netdevs;
	assert_int_equal(netdevs->count, 2);
	assert_string_equal(netdevs->names[0], "eth0");
}

/* The folder stays while the function has an interface anywhere. */
static void interfaces_of_other_network_namespaces_are_unknown(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_directory(tree, arena_printf(tree->arena, "%s/net", path));
	add_nic(tree, "0000:00:03.0");
	const struct pci *pci = load(tree);
	assert_false(fact_settled(&find(pci, "0000:00:02.0")->netdevs.fact));
	assert_true(pci_has_foreign_netdevs(find(pci, "0000:00:02.0")));
	assert_true(fact_absent(&find(pci, "0000:00:03.0")->netdevs.fact));
	assert_false(pci_has_foreign_netdevs(find(pci, "0000:00:03.0")));
}

static void the_interface_of_virtio_is_one_folder_deeper(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_driver(tree, path, "virtio-pci");
	tree_directory(tree, arena_printf(tree->arena, "%s/virtio3/net/ens2", path));
	const struct fact_list *netdevs = &find(load(tree), "0000:00:02.0")->netdevs;
	assert_int_equal(netdevs->count, 1);
	assert_string_equal(netdevs->names[0], "ens2");
}

static void devices_of_vfio_are_looked_for_below_other_drivers_than_vfio_pci(void **state)
{
	struct tree *tree = *state;
	const char *variant = add_nic(tree, "0000:00:02.0"), *plain = add_nic(tree, "0000:00:03.0");

	tree_driver(tree, variant, "acme_migration");
	tree_driver(tree, plain, "vfio-pci");
	tree_link(tree, arena_printf(tree->arena, "%s/iommu_group", plain),
		  "/sys/kernel/iommu_groups/1");
	tree_directory(tree, arena_printf(tree->arena, "%s/vfio-dev/vfio0", variant));
	tree_directory(tree, arena_printf(tree->arena, "%s/vfio-dev/vfio1", plain));
	struct pci *pci = load(tree);
	assert_int_equal(find(pci, "0000:00:02.0")->vfio_devices.count, 1);
	assert_int_equal(find(pci, "0000:00:03.0")->vfio_devices.count, 0);
}

static void without_a_group_the_device_of_vfio_pci_is_looked_for(void **state)
{
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");

	tree_driver(tree, path, "vfio-pci");
	tree_directory(tree, arena_printf(tree->arena, "%s/vfio-dev/noiommu-vfio0", path));
	const struct pci_function *function = find(load(tree), "0000:00:02.0");
	assert_int_equal(function->group.fact.state, FACT_ABSENT);
	assert_string_equal(function->vfio_devices.names[0], "noiommu-vfio0");
}

static void power_states_are_asked_of_physical_endpoints(void **state)
{
	struct tree *tree = *state;
	const char *pf = add_nic(tree, "0000:00:02.0"), *vf = add_nic(tree, "0000:00:02.1");

	tree_link(tree, arena_printf(tree->arena, "%s/physfn", vf), pf);
	tree_attribute(tree, pf, "power_state", "D3cold\n");
	tree_attribute(tree, vf, "power_state", "D0\n");
	struct pci *pci = load(tree);
	assert_string_equal(find(pci, "0000:00:02.0")->power_state.text, "D3cold");
	assert_int_equal(find(pci, "0000:00:02.1")->power_state.fact.state, FACT_ABSENT);
}

static void profiles_are_asked_of_functions_of_nvidia(void **state)
{
	struct tree *tree = *state;
	static const uint16_t vendors[] = {0x8086, 0x10de};

	for (size_t i = 0; i < 2; i++) {
		struct test_config config;
		config_begin(&config, vendors[i], 0x26b9, 0x030200);
		const char *path =
			tree_function(tree, ROOT_BUS, i ? "0000:00:03.0" : "0000:00:02.0", &config);
		tree_attribute(tree, path, "nvidia/current_vgpu_type", "557\n");
		tree_attribute(tree, path, "nvidia/creatable_vgpu_types", "557 : L40S-1B\n");
	}
	struct pci *pci = load(tree);
	assert_int_equal(find(pci, "0000:00:02.0")->vgpu_type.fact.state, FACT_ABSENT);
	assert_int_equal(find(pci, "0000:00:03.0")->vgpu_type.value, 557);
	assert_string_equal(find(pci, "0000:00:03.0")->vgpu_types.text, "557 : L40S-1B\n");
}

static const char *add_pf(const struct tree *tree, const char *address, size_t config_length)
{
	struct test_config config = nic();

	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	config_add_sriov(&config, 8);
	config.length = config_length;
	const char *path = tree_function(tree, ROOT_BUS, address, &config);
	tree_attribute(tree, path, "sriov_totalvfs", "7\n");
	tree_attribute(tree, path, "sriov_numvfs", "2\n");
	tree_attribute(tree, path, "sriov_offset", "128\n");
	tree_attribute(tree, path, "sriov_stride", "2\n");
	tree_attribute(tree, path, "sriov_vf_device", "10ca\n");
	tree_attribute(tree, path, "sriov_drivers_autoprobe", "1\n");
	return path;
}

static void a_pf_has_its_sriov_attributes(void **state)
{
	struct tree *tree = *state;

	add_pf(tree, "0000:00:02.0", CONFIG_EXPRESS_SIZE);
	const struct pci_sriov_attributes *sriov = &find(load(tree), "0000:00:02.0")->sriov;
	assert_int_equal(sriov->totalvfs.value, 7);
	assert_int_equal(sriov->numvfs.value, 2);
	assert_int_equal(sriov->offset.value, 128);
	assert_int_equal(sriov->stride.value, 2);
	assert_int_equal(sriov->vf_device.value, 0x10ca);
	assert_int_equal(sriov->drivers_autoprobe.value, 1);
	assert_int_equal(sriov->vf_total_msix.fact.state, FACT_ABSENT);
}

static void a_pf_whose_capabilities_were_not_read_has_them_too(void **state)
{
	struct tree *tree = *state;

	add_pf(tree, "0000:00:02.0", CONFIG_HEADER_SIZE);
	assert_int_equal(find(load(tree), "0000:00:02.0")->sriov.totalvfs.value, 7);
}

static void counts_that_no_register_can_hold_are_malformed(void **state)
{
	struct tree *tree = *state;
	const char *path = add_pf(tree, "0000:00:02.0", CONFIG_EXPRESS_SIZE);

	tree_attribute(tree, path, "sriov_totalvfs", "65536\n");
	tree_attribute(tree, path, "sriov_numvfs", "-1\n");
	const struct pci_sriov_attributes *sriov = &find(load(tree), "0000:00:02.0")->sriov;
	assert_int_equal(sriov->totalvfs.fact.state, FACT_MALFORMED);
	assert_int_equal(sriov->numvfs.fact.state, FACT_MALFORMED);
}

static void an_attribute_that_was_denied_is_not_absent(void **state)
{
	enum { NOBODY = 65534 };
	struct tree *tree = *state;
	const char *path = add_nic(tree, "0000:00:02.0");
	bool root = geteuid() == 0;

	tree_attribute(tree, path, "numa_node", "1\n");
	chmod(tree_outside(tree, arena_printf(tree->arena, "%s/numa_node", path)), 0);
	if (root)
		assert_int_equal(seteuid(NOBODY), 0);
	struct pci *pci = load(tree);
	if (root)
		assert_int_equal(seteuid(0), 0);
	const struct pci_function *function = find(pci, "0000:00:02.0");
	assert_int_equal(function->numa_node.fact.state, FACT_UNREADABLE);
	assert_int_equal(function->numa_node.fact.error, EACCES);
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_domains_of_4_to_8_digits),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(addresses_are_spelled_as_the_kernel_does),
		cmocka_unit_test(requester_ids_are_bus_device_and_function),
		TREE_TEST(functions_are_sorted_and_found_by_address),
		TREE_TEST(names_that_are_no_addresses_are_kept_apart),
		TREE_TEST(a_host_without_pci_has_none),
		TREE_TEST(ids_and_class_come_from_config_space),
		TREE_TEST(ids_that_config_space_hides_come_from_attributes),
		TREE_TEST(an_id_of_more_than_16_bits_is_malformed),
		TREE_TEST(config_space_of_an_unknown_header_type_is_malformed),
		TREE_TEST(config_space_of_odd_sizes_is_malformed_or_short),
		TREE_TEST(bridges_have_no_subsystem_in_their_header),
		TREE_TEST(links_are_read_by_their_last_part),
		TREE_TEST(links_that_are_not_there_are_absent),
		TREE_TEST(a_group_that_is_no_number_is_malformed),
		TREE_TEST(a_link_to_the_folder_of_another_tells_nothing_of_the_function),
		TREE_TEST(a_link_to_nowhere_tells_nothing_of_the_function),
		TREE_TEST(parents_are_the_folders_above),
		TREE_TEST(a_port_is_corrected_also_below_one_of_a_higher_address),
		TREE_TEST(a_tree_without_the_folders_above_tells_no_parent),
		TREE_TEST(no_function_is_its_own_ancestor),
		TREE_TEST(functions_below_a_vmd_endpoint_name_it),
		TREE_TEST(a_vmd_endpoint_is_found_by_group_or_driver),
		TREE_TEST(a_vmd_endpoint_without_a_driver_link_is_found_by_its_ids),
		TREE_TEST(a_vf_names_its_pf),
		TREE_TEST(a_vf_is_an_endpoint_even_where_its_header_is_ones),
		TREE_TEST(resources_are_read_line_by_line),
		TREE_TEST(resources_of_another_form_are_malformed),
		TREE_TEST(a_node_that_firmware_does_not_know_is_minus_1),
		TREE_TEST(text_has_no_newline_at_its_end),
		TREE_TEST(one_function_with_resets_tells_of_the_kernel),
		TREE_TEST(without_resets_nothing_is_told_of_the_kernel),
		TREE_TEST(what_is_below_an_external_port_says_so),
		TREE_TEST(a_port_that_acpi_can_cut_off_is_found_above_a_display),
		TREE_TEST(a_port_with_a_node_of_acpi_alone_stays_on),
		cmocka_unit_test(a_port_that_is_kept_awake_stays_on),
		TREE_TEST(without_a_node_of_acpi_the_power_of_ports_is_not_known),
		TREE_TEST(a_conventional_function_behind_a_bridge_is_asked_for_its_line),
		TREE_TEST(a_function_without_a_pin_is_not_asked_for_its_line),
		TREE_TEST(a_function_of_the_chipset_is_not_asked_for_its_line),
		TREE_TEST(network_functions_have_interfaces),
		TREE_TEST(devices_of_vfio_are_looked_for_below_other_drivers_than_vfio_pci),
		TREE_TEST(without_a_group_the_device_of_vfio_pci_is_looked_for),
		TREE_TEST(power_states_are_asked_of_physical_endpoints),
		TREE_TEST(profiles_are_asked_of_functions_of_nvidia),
		TREE_TEST(interfaces_of_other_network_namespaces_are_unknown),
		TREE_TEST(the_interface_of_virtio_is_one_folder_deeper),
		TREE_TEST(a_pf_has_its_sriov_attributes),
		TREE_TEST(a_pf_whose_capabilities_were_not_read_has_them_too),
		TREE_TEST(counts_that_no_register_can_hold_are_malformed),
		TREE_TEST(an_attribute_that_was_denied_is_not_absent),
	};

	return cmocka_run_group_tests_name("pci", tests, NULL, NULL);
}

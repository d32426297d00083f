/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/topology.h"

#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

enum { MOST_FUNCTIONS = 512, EXPRESS_OFFSET = 0x40, ACS_OFFSET = 0x100 };

int topology_setup(void **state)
{
	struct topology *topology = calloc(1, sizeof(*topology));

	assert_non_null(topology);
	topology->arena = arena_new();
	assert_non_null(topology->arena);
	topology->host.arena = topology->arena;
	topology->host.pci.fact = known("/sys/bus/pci/devices");
	topology->host.pci.functions =
		arena_array(topology->arena, MOST_FUNCTIONS, sizeof(struct pci_function));
	assert_non_null(topology->host.pci.functions);
	topology->host.groups.fact = absent("/sys/kernel/iommu_groups");
	topology->host.units.fact = absent("/sys/class/iommu");
	topology->host.acpi.dmar.fact = known("/sys/firmware/acpi/tables/DMAR");
	topology->host.acpi.ivrs.fact = absent("/sys/firmware/acpi/tables/IVRS");
	topology->host.cpu.architecture = "x86_64";
	topology->host.interrupts.fact = known("/proc/interrupts");
	topology->host.interrupts.remapped_chip = "IR-PCI-MSI";
	topology_kernel(topology, "6.1.0-51-amd64");
	*state = topology;
	return 0;
}

int topology_teardown(void **state)
{
	struct topology *topology = *state;

	arena_free(topology->arena);
	free(topology);
	return 0;
}

void topology_translate(struct topology *topology)
{
	struct iommu_unit *unit = arena_alloc(topology->arena, sizeof(*unit));

	assert_non_null(unit);
	*unit = (struct iommu_unit){.name = "dmar0", .kind = IOMMU_VTD};
	topology->host.units = (struct iommu_units){known("/sys/class/iommu"), unit, 1};
}

void topology_kernel(struct topology *topology, const char *release)
{
	topology->host.kernel_release = known_text("/proc/sys/kernel/osrelease", release);
}

void topology_command_line(struct topology *topology, const char *text)
{
	struct fact_text fact = known_text("/proc/cmdline", text);

	cmdline_parse(topology->arena, &fact, &topology->host.cmdline);
	kernel_parameters_build(&topology->host.cmdline, topology->arena, &topology->parameters);
}

static uint8_t *bytes_of(struct pci_function *function)
{
	return (uint8_t *)(uintptr_t)function->config.bytes;
}

static void set_config16(struct pci_function *function, size_t offset, uint16_t value)
{
	bytes_of(function)[offset] = (uint8_t)value;
	bytes_of(function)[offset + 1] = (uint8_t)(value >> 8);
}

void set_config32(struct pci_function *function, size_t offset, uint32_t value)
{
	set_config16(function, offset, (uint16_t)value);
	set_config16(function, offset + 2, (uint16_t)(value >> 16));
}

static struct fact_number known_number(const char *source, int64_t value)
{
	return (struct fact_number){.fact = known(source), .value = value};
}

struct pci_function *add_function(struct topology *topology, const char *name,
				  struct pci_function *parent)
{
	struct pci *pci = &topology->host.pci;
	struct pci_function *function = &pci->functions[pci->count];

	assert_true(pci->count < MOST_FUNCTIONS);
	pci->count++;
	assert_int_equal(pci_address_parse(name, &function->address), 0);
	if (pci->count > 1)
		assert_true(pci_address_compare(&function[-1].address, &function->address) < 0);
	function->name = name;
	function->path = arena_printf(topology->arena, "%s/%s",
				      parent ? parent->path : "/sys/devices/pci0000:00", name);
	function->parent = parent;
	function->parent_state = parent ? FACT_KNOWN : FACT_ABSENT;
	function->physfn.fact = absent("physfn");
	function->driver.fact = absent("driver");
	function->group.fact = absent("iommu_group");
	function->reset_method.fact = absent("reset_method");
	function->sriov.numvfs.fact = absent("sriov_numvfs");
	function->sriov.totalvfs.fact = absent("sriov_totalvfs");
	function->config.bytes = arena_alloc(topology->arena, CONFIG_EXPRESS_SIZE);
	assert_non_null(function->config.bytes);
	function->config.fact = known(arena_printf(topology->arena, "config of %s", name));
	function->config.length = CONFIG_CONVENTIONAL_SIZE;
	set_ids(function, 0x1234, 0x5678);
	set_class(function, 0x020000);
	return function;
}

void set_ids(struct pci_function *function, uint16_t vendor, uint16_t device)
{
	set_config16(function, PCI_VENDOR_ID, vendor);
	set_config16(function, PCI_DEVICE_ID, device);
	function->vendor = known_number("vendor", vendor);
	function->device = known_number("device", device);
}

void set_class(struct pci_function *function, uint32_t class_code)
{
	set_config32(function, PCI_CLASS_REVISION, class_code << 8);
	function->class_code = known_number("class", class_code);
}

void set_driver(struct pci_function *function, const char *driver)
{
	function->driver = known_text("driver", driver);
}

void set_group(struct pci_function *function, uint32_t group)
{
	function->group = known_number("iommu_group", group);
}

void make_bridge(struct pci_function *function)
{
	bytes_of(function)[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_BRIDGE;
	set_class(function, 0x060400);
}

void make_express(struct pci_function *function, unsigned type)
{
	set_config16(function, PCI_STATUS, PCI_STATUS_CAP_LIST);
	bytes_of(function)[PCI_CAPABILITY_LIST] = EXPRESS_OFFSET;
	set_config16(function, EXPRESS_OFFSET, PCI_CAP_ID_EXP);
	set_config16(function, EXPRESS_OFFSET + PCI_EXP_FLAGS, (uint16_t)(2 | type << 4));
	function->config.length = CONFIG_EXPRESS_SIZE;
	if (type >= EXPRESS_ROOT_PORT && type <= EXPRESS_FROM_PCI_BRIDGE)
		make_bridge(function);
}

struct pci_function *add_express(struct topology *topology, const char *name,
				 struct pci_function *parent, unsigned type)
{
	struct pci_function *function = add_function(topology, name, parent);

	make_express(function, type);
	return function;
}

void make_multifunction(struct pci_function *function)
{
	bytes_of(function)[PCI_HEADER_TYPE] |= 0x80;
}

void make_vf(struct pci_function *function, struct pci_function *pf)
{
	function->physfn = known_text("physfn", pf->name);
	function->pf = pf;
}

void set_acs(struct pci_function *function, uint16_t supported, uint16_t enabled)
{
	set_config32(function, ACS_OFFSET, 1 << 16 | PCI_EXT_CAP_ID_ACS);
	set_config16(function, ACS_OFFSET + PCI_ACS_CAP, supported);
	set_config16(function, ACS_OFFSET + PCI_ACS_CTRL, enabled);
}

void hide_capabilities(struct pci_function *function)
{
	set_config16(function, PCI_STATUS, PCI_STATUS_CAP_LIST);
	bytes_of(function)[PCI_CAPABILITY_LIST] = EXPRESS_OFFSET;
	function->config.length = CONFIG_HEADER_SIZE;
}

void topology_groups(struct topology *topology, const char *const *lines, size_t count)
{
	struct iommu_group *groups = arena_array(topology->arena, count, sizeof(*groups));

	assert_non_null(groups);
	for (size_t i = 0; i < count; i++) {
		const char **names = arena_array(topology->arena, 8, sizeof(*names));
		char *save, *text = arena_copy(topology->arena, lines[i], strlen(lines[i]));
		assert_non_null(names);
		groups[i].id = (uint32_t)i;
		groups[i].devices = (struct fact_list){.fact = known("devices"), .names = names};
		groups[i].name.fact = absent("name");
		groups[i].reserved_regions = known_text(
			"reserved_regions", "0x00000000fee00000 0x00000000feefffff msi\n");
		for (char *name = strtok_r(text, " ", &save); name;
		     name = strtok_r(NULL, " ", &save)) {
			const struct pci_function *function =
				pci_find_name(&topology->host.pci, name);
			names[groups[i].devices.count++] = name;
			assert_non_null(function);
			set_group((struct pci_function *)(uintptr_t)function, (uint32_t)i);
		}
	}
	topology->host.groups = (struct iommu_groups){
		.fact = known("iommu_groups"), .groups = groups, .count = count};
	topology_translate(topology);
}

void topology_predict(struct topology *topology)
{
	dma_units_build(&topology->host, topology->arena, &topology->units);
	isolation_build(&topology->host, &topology->parameters, &topology->units, topology->arena,
			&topology->isolation);
	assert_false(arena_failed(topology->arena));
}

static const struct isolation_group *predict(struct topology *topology,
					     const struct pci_function *function)
{
	topology_predict(topology);
	return isolation_of(&topology->isolation, function);
}

void expect_group(struct topology *topology, const char *names)
{
	char *first = arena_copy(topology->arena, names, strcspn(names, " "));
	const struct pci_function *function = pci_find_name(&topology->host.pci, first);
	const char *predicted = "";

	assert_non_null(function);
	const struct isolation_group *group = predict(topology, function);
	assert_non_null(group);
	assert_true(group->known);
	for (size_t i = 0; i < group->count; i++)
		predicted = arena_printf(topology->arena, "%s%s%s", predicted, i ? " " : "",
					 group->functions[i]->name);
	assert_string_equal(predicted, names);
}

void expect_no_prediction(struct topology *topology, const struct pci_function *function)
{
	const struct isolation_group *group = predict(topology, function);

	assert_non_null(group);
	assert_false(group->known);
	assert_non_null(group->unknown_why);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/acpi.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

enum {
	LENGTH_OFFSET = 4,
	CHECKSUM_OFFSET = 9,
	SECOND_HEADER_SIZE = 12,
	MOST_UNITS = 4,
	MOST_GROUPS = 8,
	MOST_FUNCTIONS = 16
};

void table_begin(struct test_table *table, const char *signature, size_t length)
{
	memset(table, 0, sizeof(*table));
	memcpy(table->bytes, signature, 4);
	table->length = length;
}

void table_begin_dmar(struct test_table *table, uint8_t flags)
{
	table_begin(table, "DMAR", ACPI_HEADER_SIZE + SECOND_HEADER_SIZE);
	table->bytes[36] = 38;
	table->bytes[37] = flags;
}

void table_begin_ivrs(struct test_table *table, uint32_t ivinfo)
{
	table_begin(table, "IVRS", ACPI_HEADER_SIZE + SECOND_HEADER_SIZE);
	for (int i = 0; i < 4; i++)
		table->bytes[36 + i] = (uint8_t)(ivinfo >> 8 * i);
}

void table_begin_madt(struct test_table *table)
{
	table_begin(table, "APIC", ACPI_HEADER_SIZE + 8);
}

size_t table_add(struct test_table *table, const char *hex)
{
	size_t start = table->length;

	while (*hex) {
		const char digits[] = {hex[0], hex[1], '\0'};
		assert_true(isxdigit((unsigned char)hex[0]) && isxdigit((unsigned char)hex[1]));
		assert_true(table->length < sizeof(table->bytes));
		table->bytes[table->length++] = (uint8_t)strtoul(digits, NULL, 16);
		hex += 2;
		while (*hex == ' ')
			hex++;
	}
	return start;
}

struct fact_text table_finish(struct test_table *table, const char *source)
{
	uint8_t sum = 0;

	for (int i = 0; i < 4; i++)
		table->bytes[LENGTH_OFFSET + i] = (uint8_t)(table->length >> 8 * i);
	table->bytes[CHECKSUM_OFFSET] = 0;
	for (size_t i = 0; i < table->length; i++)
		sum = (uint8_t)(sum + table->bytes[i]);
	table->bytes[CHECKSUM_OFFSET] = (uint8_t)-sum;
	return known_bytes(source, table->bytes, table->length);
}

int acpi_host_setup(void **state)
{
	static const char *const flags[] = {"lm"};

	topology_setup(state);
	struct topology *topology = *state;
	struct host *host = &topology->host;
	host->vendor.fact = absent("/sys/class/dmi/id/sys_vendor");
	host->cpu = (struct cpu){.fact = known("/proc/cpuinfo"),
				 .vendor = CPU_INTEL,
				 .architecture = "x86_64",
				 .flags = flags,
				 .flag_count = 1};
	host->cmdline.fact = known("/proc/cmdline");
	host->acpi.directory.fact = known("/sys/firmware/acpi/tables");
	host->acpi.dmar.fact = absent("/sys/firmware/acpi/tables/DMAR");
	host->acpi.ivrs.fact = absent("/sys/firmware/acpi/tables/IVRS");
	host->acpi.madt.fact = absent("/sys/firmware/acpi/tables/APIC");
	host->interrupts.remapped_chip = NULL;
	host->groups.fact = known("/sys/kernel/iommu_groups");
	host->groups.groups =
		arena_array(topology->arena, MOST_GROUPS, sizeof(*host->groups.groups));
	host->units.fact = known("/sys/class/iommu");
	host->units.units = arena_array(topology->arena, MOST_UNITS, sizeof(*host->units.units));
	assert_false(arena_failed(topology->arena));
	return 0;
}

struct iommu_unit *add_unit(struct topology *topology, const char *name, enum iommu_kind kind)
{
	struct iommu_units *units = &topology->host.units;
	struct iommu_unit *unit = &units->units[units->count++];

	assert_true(units->count <= MOST_UNITS);
	*unit = (struct iommu_unit){.name = name, .path = name, .kind = kind};
	unit->address.fact = absent("address");
	unit->capability.fact = absent("cap");
	unit->extended_capability.fact = absent("ecap");
	unit->features.fact = absent("features");
	return unit;
}

void set_unit(struct pci_function *function, const char *name)
{
	function->iommu = known_text("iommu", name);
}

struct iommu_group *add_group(struct topology *topology, uint32_t id, const char *names,
			      const char *reserved_regions)
{
	struct iommu_groups *groups = &topology->host.groups;
	struct iommu_group *group = &groups->groups[groups->count++];
	const char **list = arena_array(topology->arena, MOST_FUNCTIONS, sizeof(*list));
	char *save = NULL, *copy = arena_copy(topology->arena, names, strlen(names));

	assert_true(groups->count <= MOST_GROUPS);
	assert_non_null(list);
	*group = (struct iommu_group){.id = id};
	group->devices = (struct fact_list){.fact = known("devices"), .names = list};
	group->reserved_regions = reserved_regions
					  ? known_text("reserved_regions", reserved_regions)
					  : (struct fact_text){.fact = absent("reserved_regions")};
	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		list[group->devices.count++] = name;
		for (size_t i = 0; i < topology->host.pci.count; i++) {
			if (strcmp(topology->host.pci.functions[i].name, name) == 0)
				set_group(&topology->host.pci.functions[i], id);
		}
	}
	return group;
}

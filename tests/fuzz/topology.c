/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/topology.h"

#include <pci/header.h>
#include <stdio.h>
#include <string.h>

#include "host/acpi/dmar.h"
#include "host/acpi/iort.h"
#include "host/base/array.h"
#include "tests/unit/support/config.h"

static const struct function_kind kinds[] = {
	{true, PCI_EXP_TYPE_ROOT_PORT, 0x060400},
	{true, PCI_EXP_TYPE_UPSTREAM, 0x060400},
	{true, PCI_EXP_TYPE_DOWNSTREAM, 0x060400},
	{true, PCI_EXP_TYPE_PCI_BRIDGE, 0x060400},
	{true, -1, 0x060400},
	{false, PCI_EXP_TYPE_ENDPOINT, 0x020000},
	{false, PCI_EXP_TYPE_ENDPOINT, 0x030000},
	{false, PCI_EXP_TYPE_ROOT_INT_EP, 0x040300},
	{false, -1, 0x010601},
	{false, PCI_EXP_TYPE_LEG_END, 0x010802},
};

/* Those that VFIO lets stay in a group (vfio_driver_allowed[], drivers/vfio/vfio_main.c) first. */
static const char *const drivers[] = {NULL, "vfio-pci", "pci-stub", "e1000e", "nvme", "ahci"};

enum { HARMLESS_DRIVERS = 3 };

/* Lines of the attribute: 6 BARs, the ROM and 6 BARs of VFs that are not there. */
#define NO_RESOURCE   "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define SIX_RESOURCES NO_RESOURCE NO_RESOURCE NO_RESOURCE NO_RESOURCE NO_RESOURCE NO_RESOURCE
#define NO_RESOURCES  SIX_RESOURCES NO_RESOURCE SIX_RESOURCES

/* Before and after 6.6, which holds back whoever has memory reserved (__iommu_device_set_domain()
 * of drivers/iommu/iommu.c). */
static const struct kernel {
	const char *release;
	const char *builtin; /* the list of its modules */
	bool holds_reserved;
} kernels[] = {
	{"6.1.0\n", "lib/modules/6.1.0/modules.builtin", false},
	{"6.12.0\n", "lib/modules/6.12.0/modules.builtin", true},
};

static const char vfio_modules[] = "kernel/drivers/vfio/vfio.ko\n"
				   "kernel/drivers/vfio/vfio_iommu_type1.ko\n"
				   "kernel/drivers/vfio/pci/vfio-pci.ko\n";

static const struct machine {
	const char *table;
	const char *unit;
	const char *cpuinfo;
	const char *remapped; /* lines of /proc/interrupts */
	const char *plain;
} machines[] = {
	[FIRMWARE_DMAR] = {"sys/firmware/acpi/tables/DMAR", "sys/class/iommu/dmar0",
			   "vendor_id\t: GenuineIntel\nflags\t\t: lm vmx\n",
			   " 25: 0 IR-PCI-MSI 1-edge nvme0q0\n", " 25: 0 PCI-MSI 1-edge nvme0q0\n"},
	[FIRMWARE_IVRS] = {"sys/firmware/acpi/tables/IVRS", "sys/class/iommu/ivhd0",
			   "vendor_id\t: AuthenticAMD\nflags\t\t: lm svm\n",
			   " 25: 0 IR-PCI-MSI 1-edge nvme0q0\n", " 25: 0 PCI-MSI 1-edge nvme0q0\n"},
	[FIRMWARE_IORT] = {"sys/firmware/acpi/tables/IORT",
			   "sys/class/iommu/smmu3.0x00000000fed90000", "CPU architecture: 8\n",
			   " 25: 0 ITS-MSI 1 Edge nvme0q0\n", " 25: 0 MSI 1 Edge nvme0q0\n"},
};

ASSERT_COVERS(machines, FIRMWARE_TABLE_COUNT);

/* Returns the place of the bridge that a record is behind, or a negative number. */
static int parent_place(const struct topology *topology, const struct record *record)
{
	int place = record->parent % ((int)topology->count + 1) - 1;

	return place >= 0 && topology->functions[place].kind->bridge ? place : -1;
}

static const struct function *parent_of(const struct topology *topology,
					const struct function *function)
{
	return function->parent < 0 ? NULL : &topology->functions[function->parent];
}

const struct function *topology_find(const struct topology *topology, const char *address)
{
	for (size_t i = 0; i < topology->count; i++) {
		if (strcmp(topology->functions[i].address, address) == 0)
			return &topology->functions[i];
	}
	return NULL;
}

enum firmware_table topology_table(const struct topology *topology)
{
	return (enum firmware_table)(topology->platform.table % FIRMWARE_TABLE_COUNT);
}

enum firmware_damage topology_damage(const struct topology *topology)
{
	return (enum firmware_damage)(topology->platform.damage % FIRMWARE_DAMAGE_COUNT);
}

bool topology_remaps(const struct topology *topology)
{
	return topology_table(topology) != FIRMWARE_DMAR ||
	       topology->platform.flags & DMAR_INTERRUPT_REMAPPING;
}

/* Of what is lost, the bits of the folder that a running unit has, and of firmware's table. */
enum { UNITS_BIT = 5, TABLE_BIT = 6 };

bool topology_lost_table(const struct topology *topology)
{
	return topology->platform.lost & 1 << TABLE_BIT;
}

bool topology_lost_units(const struct topology *topology)
{
	return topology->platform.lost & 1 << UNITS_BIT;
}

static const struct kernel *kernel_of(const struct topology *topology)
{
	return &kernels[topology->platform.kernel % ARRAY_LENGTH(kernels)];
}

bool topology_is_held(const struct topology *topology, const struct function *function)
{
	if (!(function->record.traits & TRAIT_RESERVED))
		return false;
	switch (topology_table(topology)) {
	case FIRMWARE_DMAR:
		return function->kind->class_code >> 16 != PCI_BASE_CLASS_DISPLAY;
	case FIRMWARE_IVRS:
		return kernel_of(topology)->holds_reserved;
	case FIRMWARE_IORT:
	case FIRMWARE_TABLE_COUNT:
		break;
	}
	return false;
}

static void place(struct topology *topology, const struct record *record)
{
	struct function *function = &topology->functions[topology->count];

	*function = (struct function){.record = *record};
	function->parent = parent_place(topology, record);
	const struct function *parent = parent_of(topology, function);
	function->kind = &kinds[record->kind % ARRAY_LENGTH(kinds)];
	function->bus = (unsigned)topology->count + 1;
	function->grouped = record->group < MOST_GROUPS;
	function->bound = drivers[record->driver % ARRAY_LENGTH(drivers)];
	function->harmless = record->driver % ARRAY_LENGTH(drivers) < HARMLESS_DRIVERS;
	snprintf(function->address, sizeof(function->address), "0000:%02x:%02x.%x",
		 parent ? parent->bus : 0, record->devfn >> 3, record->devfn & 7);
	int length = snprintf(function->path, sizeof(function->path), "%s/%s",
			      parent ? parent->path : "sys/devices/pci0000:00", function->address);
	if (length < PATH_SIZE - 64 && !topology_find(topology, function->address))
		topology->count++;
}

void topology_read(const uint8_t *bytes, size_t size, struct topology *ret)
{
	struct record record;
	size_t at = sizeof(ret->platform);

	*ret = (struct topology){0};
	if (size < at)
		return;
	memcpy(&ret->platform, bytes, sizeof(ret->platform));
	for (; size - at >= sizeof(record) && ret->count < MOST_FUNCTIONS; at += sizeof(record)) {
		memcpy(&record, bytes + at, sizeof(record));
		place(ret, &record);
	}
}

struct topology topology_whole(const struct topology *topology)
{
	struct topology whole = *topology;

	whole.platform.damage = FIRMWARE_WHOLE;
	whole.platform.lost = 0;
	for (size_t i = 0; i < whole.count; i++)
		whole.functions[i].record.traits &=
			(uint8_t) ~(TRAIT_CONFIG_LOST | TRAIT_CLASS_LOST);
	return whole;
}

/* Ids of endpoints are of those that the kernel's quirks know, too; of a bridge, which no loss
 * makes an endpoint, not. */
static uint16_t device_of(const struct function *function)
{
	enum { BRIDGE = 0x2448, FIRST_ENDPOINT = 0x1500 };

	return (uint16_t)(function->kind->bridge ? BRIDGE : FIRST_ENDPOINT + function->record.kind);
}

static void fill_config(const struct function *function, struct test_config *config)
{
	const struct record *record = &function->record;

	config_begin(config, 0x8086, device_of(function), function->kind->class_code);
	if (record->traits & TRAIT_MULTIFUNCTION)
		config->bytes[PCI_HEADER_TYPE] = 0x80;
	if (function->kind->bridge) {
		config->bytes[PCI_HEADER_TYPE] |= 1;
		config->bytes[PCI_SECONDARY_BUS] = (uint8_t)function->bus;
		config->bytes[PCI_SUBORDINATE_BUS] = MOST_FUNCTIONS;
	}
	if (function->kind->port_type < 0)
		return;
	config_add_express(config, (uint8_t)function->kind->port_type);
	if (record->acs & 0x80) {
		uint8_t *acs = config_add_extended(config, PCI_EXT_CAP_ID_ACS, 8);
		put16(acs + PCI_ACS_CAP, 0x7f);
		put16(acs + PCI_ACS_CTRL, record->acs & 0x7f);
	}
	if (record->vfs && !function->kind->bridge)
		config_add_sriov(config, record->vfs);
}

static void lay_text(struct fuzz_host *host, const struct function *function, const char *name,
		     const char *text)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", function->path, name);
	fuzz_host_file(host, path, text, strlen(text));
}

/* Links path, below folders of that depth, to what lies below sys. */
static void lay_link(struct fuzz_host *host, const char *path, const char *target)
{
	char text[2 * PATH_SIZE] = "";

	for (const char *slash = strchr(path, '/'); (slash = strchr(slash + 1, '/'));)
		strcat(text, "../");
	strcat(text, target + strlen("sys/"));
	fuzz_host_link(host, path, text);
}

static void link_group(struct fuzz_host *host, const struct function *function)
{
	char group[64], path[PATH_SIZE];

	if (!function->grouped)
		return;
	snprintf(group, sizeof(group), "sys/kernel/iommu_groups/%d", function->record.group);
	snprintf(path, sizeof(path), "%s/type", group);
	fuzz_host_file(host, path, "DMA\n", 4);
	snprintf(path, sizeof(path), "%s/devices/%s", group, function->address);
	lay_link(host, path, function->path);
	snprintf(path, sizeof(path), "%s/iommu_group", function->path);
	lay_link(host, path, group);
}

static void link_driver(struct fuzz_host *host, const struct function *function)
{
	const char *driver = drivers[function->record.driver % ARRAY_LENGTH(drivers)];
	char folder[64], path[PATH_SIZE];

	if (!driver)
		return;
	snprintf(folder, sizeof(folder), "sys/bus/pci/drivers/%s", driver);
	fuzz_host_folder(host, folder);
	snprintf(path, sizeof(path), "%s/driver", function->path);
	lay_link(host, path, folder);
}

static void lay_function(struct fuzz_host *host, const struct function *function)
{
	struct test_config config;
	char text[32], path[PATH_SIZE];
	bool express = function->kind->port_type >= 0;

	fill_config(function, &config);
	snprintf(path, sizeof(path), "%s/config", function->path);
	if (!(function->record.traits & TRAIT_CONFIG_LOST))
		fuzz_host_file(host, path, config.bytes, express ? sizeof(config.bytes) : 256);
	lay_text(host, function, "vendor", "0x8086\n");
	snprintf(text, sizeof(text), "0x%04x\n", device_of(function));
	lay_text(host, function, "device", text);
	snprintf(text, sizeof(text), "0x%06x\n", function->kind->class_code);
	if (!(function->record.traits & TRAIT_CLASS_LOST))
		lay_text(host, function, "class", text);
	snprintf(text, sizeof(text), "%d\n", function->record.vfs);
	if (function->record.vfs && express && !function->kind->bridge) {
		lay_text(host, function, "sriov_totalvfs", text);
		lay_text(host, function, "sriov_numvfs", "0\n");
	}
	lay_text(host, function, "resource", NO_RESOURCES);
	link_driver(host, function);
	link_group(host, function);
	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", function->address);
	lay_link(host, path, function->path);
}

static void lay_table(struct fuzz_host *host, const struct topology *topology)
{
	struct firmware_device devices[MOST_FUNCTIONS];
	const struct platform_record *record = &topology->platform;
	enum firmware_table kind = topology_table(topology);
	struct test_table table;

	for (size_t i = 0; i < topology->count; i++) {
		const struct function *function = &topology->functions[i];
		const struct function *parent = parent_of(topology, function);
		devices[i] = (struct firmware_device){
			.parent = parent ? &devices[function->parent] : NULL,
			.bus = (uint8_t)(parent ? parent->bus : 0),
			.devfn = function->record.devfn,
			.bridge = function->kind->bridge,
			.named = function->record.traits & TRAIT_NAMED,
			.reserved = function->record.traits & TRAIT_RESERVED,
		};
	}
	/* VFIO's driver takes nothing behind an SMMU that is not coherent:
	 * vfio_register_group_dev() asks for IOMMU_CAP_CACHE_COHERENCY. */
	firmware_build(kind, record->flags | (kind == FIRMWARE_IORT ? IORT_SMMU_V3_COHERENT : 0),
		       devices, topology->count, &table);
	firmware_damage(&table, topology_damage(topology),
			(size_t)(record->place[0] | record->place[1] << 8), record->value);
	fuzz_host_file(host, machines[kind].table, table.bytes, table.length);
}

/* Adds a file of the host that is not its platform's bit of what is lost. */
static void lay_evidence(struct fuzz_host *host, const struct topology *topology, int bit,
			 const char *path, const char *text)
{
	if (!(topology->platform.lost & 1 << bit))
		fuzz_host_file(host, path, text, strlen(text));
}

static void lay_platform(struct fuzz_host *host, const struct topology *topology)
{
	const struct machine *machine = &machines[topology_table(topology)];
	int bit = 0;

	lay_evidence(host, topology, bit++, "proc/cpuinfo", machine->cpuinfo);
	lay_evidence(host, topology, bit++, "proc/sys/kernel/osrelease",
		     kernel_of(topology)->release);
	lay_evidence(host, topology, bit++, "proc/cmdline", "intel_iommu=on\n");
	lay_evidence(host, topology, bit++, "proc/interrupts",
		     topology_remaps(topology) ? machine->remapped : machine->plain);
	lay_evidence(host, topology, bit++,
		     "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "N\n");
	if (!topology_lost_units(topology))
		fuzz_host_folder(host, machine->unit);
	if (!topology_lost_table(topology))
		lay_table(host, topology);
	fuzz_host_file(host, kernel_of(topology)->builtin, vfio_modules, strlen(vfio_modules));
	fuzz_host_file(host, "proc/modules", "", 0);
}

void topology_fill(const struct topology *topology, struct fuzz_host *host)
{
	lay_platform(host, topology);
	fuzz_host_folder(host, "sys/firmware/acpi/tables");
	fuzz_host_folder(host, "sys/class/iommu");
	fuzz_host_folder(host, "sys/bus/pci/devices");
	fuzz_host_folder(host, "sys/kernel/iommu_groups");
	for (size_t i = 0; i < topology->count; i++)
		lay_function(host, &topology->functions[i]);
}

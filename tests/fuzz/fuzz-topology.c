/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds a whole host of the input's records: bridges and endpoints, drivers, groups, SR-IOV. No
 * verdict may be better than the kernel's rules allow, and every document must be well formed.
 */
#include <pci/header.h>
#include <stdio.h>
#include <string.h>

#include "host/access/array.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/host.h"
#include "tests/unit/support/config.h"

enum { MOST_FUNCTIONS = 24, MOST_GROUPS = 8, PATH_SIZE = 512, ADDRESS_SIZE = 16 };

/* A function as the input has it. */
struct record {
	uint8_t kind;   /* of kinds */
	uint8_t parent; /* of the records before, and the root bus */
	uint8_t devfn;  /* on its parent's bus */
	uint8_t driver; /* of drivers */
	uint8_t group;  /* from MOST_GROUPS on: none */
	uint8_t acs;    /* its control, and in the highest bit whether it has the capability */
	uint8_t vfs;    /* of an SR-IOV capability */
	uint8_t lost;   /* which of its files are missing */
};

static const struct kind {
	bool bridge;
	int port_type; /* negative: conventional */
	uint32_t class_code;
} kinds[] = {
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

/* A function on its way into the host. */
struct function {
	struct record record;
	const struct kind *kind;
	char address[ADDRESS_SIZE];
	char path[PATH_SIZE];
	unsigned bus; /* behind a bridge */
	bool grouped;
	bool harmless; /* its driver may stay while another of its group is with a guest */
};

struct topology {
	struct function functions[MOST_FUNCTIONS];
	size_t count;
};

static const struct function *parent_of(const struct topology *topology,
					const struct record *record)
{
	size_t place = record->parent % (topology->count + 1);
	const struct function *parent = place ? &topology->functions[place - 1] : NULL;

	return parent && parent->kind->bridge ? parent : NULL;
}

static const struct function *find(const struct topology *topology, const char *address)
{
	for (size_t i = 0; i < topology->count; i++) {
		if (strcmp(topology->functions[i].address, address) == 0)
			return &topology->functions[i];
	}
	return NULL;
}

static void place(struct topology *topology, const struct record *record)
{
	struct function *function = &topology->functions[topology->count];
	const struct function *parent = parent_of(topology, record);

	*function = (struct function){.record = *record};
	function->kind = &kinds[record->kind % ARRAY_LENGTH(kinds)];
	function->bus = (unsigned)topology->count + 1;
	function->grouped = record->group < MOST_GROUPS;
	function->harmless = record->driver % ARRAY_LENGTH(drivers) < HARMLESS_DRIVERS;
	snprintf(function->address, sizeof(function->address), "0000:%02x:%02x.%x",
		 parent ? parent->bus : 0, record->devfn >> 3, record->devfn & 7);
	int length = snprintf(function->path, sizeof(function->path), "%s/%s",
			      parent ? parent->path : "sys/devices/pci0000:00", function->address);
	if (length < PATH_SIZE - 64 && !find(topology, function->address))
		topology->count++;
}

static void fill_config(const struct function *function, struct test_config *config)
{
	const struct record *record = &function->record;

	config_begin(config, 0x8086, (uint16_t)(0x1500 + record->kind), function->kind->class_code);
	if (record->lost & 1)
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

static void add_text(struct fuzz_host *host, const struct function *function, const char *name,
		     const char *text)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", function->path, name);
	fuzz_host_file(host, path, text, strlen(text));
}

/* Links path, below folders of that depth, to what lies below sys. */
static void add_link(struct fuzz_host *host, const char *path, const char *target)
{
	char text[2 * PATH_SIZE] = "";

	for (const char *slash = strchr(path, '/'); (slash = strchr(slash + 1, '/'));)
		strcat(text, "../");
	strcat(text, target + strlen("sys/"));
	fuzz_host_link(host, path, text);
}

static void add_group(struct fuzz_host *host, const struct function *function)
{
	char group[64], path[PATH_SIZE];

	if (!function->grouped)
		return;
	snprintf(group, sizeof(group), "sys/kernel/iommu_groups/%d", function->record.group);
	snprintf(path, sizeof(path), "%s/type", group);
	fuzz_host_file(host, path, "DMA\n", 4);
	snprintf(path, sizeof(path), "%s/devices/%s", group, function->address);
	add_link(host, path, function->path);
	snprintf(path, sizeof(path), "%s/iommu_group", function->path);
	add_link(host, path, group);
}

static void add_driver(struct fuzz_host *host, const struct function *function)
{
	const char *driver = drivers[function->record.driver % ARRAY_LENGTH(drivers)];
	char folder[64], path[PATH_SIZE];

	if (!driver)
		return;
	snprintf(folder, sizeof(folder), "sys/bus/pci/drivers/%s", driver);
	fuzz_host_folder(host, folder);
	snprintf(path, sizeof(path), "%s/driver", function->path);
	add_link(host, path, folder);
}

static void add_function(struct fuzz_host *host, const struct function *function)
{
	struct test_config config;
	char text[32], path[PATH_SIZE];
	bool express = function->kind->port_type >= 0;

	fill_config(function, &config);
	snprintf(path, sizeof(path), "%s/config", function->path);
	if (!(function->record.lost & 2))
		fuzz_host_file(host, path, config.bytes, express ? sizeof(config.bytes) : 256);
	add_text(host, function, "vendor", "0x8086\n");
	snprintf(text, sizeof(text), "0x%04x\n", 0x1500 + function->record.kind);
	add_text(host, function, "device", text);
	snprintf(text, sizeof(text), "0x%06x\n", function->kind->class_code);
	if (!(function->record.lost & 4))
		add_text(host, function, "class", text);
	snprintf(text, sizeof(text), "%d\n", function->record.vfs);
	if (function->record.vfs && express && !function->kind->bridge)
		add_text(host, function, "sriov_totalvfs", text);
	add_driver(host, function);
	add_group(host, function);
	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", function->address);
	add_link(host, path, function->path);
}

static void fill_host(struct fuzz_host *host, const struct topology *topology)
{
	fuzz_host_file(host, "proc/cmdline", "intel_iommu=on\n", 15);
	fuzz_host_file(host, "proc/sys/kernel/osrelease", "6.1.0\n", 6);
	fuzz_host_file(host, "proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t\t: vmx\n", 38);
	fuzz_host_folder(host, "sys/bus/pci/devices");
	fuzz_host_folder(host, "sys/kernel/iommu_groups");
	fuzz_host_folder(host, "sys/class/iommu/dmar0");
	for (size_t i = 0; i < topology->count; i++)
		add_function(host, &topology->functions[i]);
}

static bool names(const cJSON *companions, const char *address)
{
	const cJSON *companion;

	cJSON_ArrayForEach(companion, companions)
	{
		if (strcmp(cJSON_GetStringValue(companion), address) == 0)
			return true;
	}
	return false;
}

/*
 * The group of a function is viable only while no other function of it has a driver of the host;
 * bridges do not count (vfio_dev_driver_allowed()).
 */
static void judge_group(const struct topology *topology, const struct function *function,
			const cJSON *assignable, bool alone)
{
	const cJSON *companions = cJSON_GetObjectItem(assignable, "companions");

	for (size_t i = 0; i < topology->count; i++) {
		const struct function *other = &topology->functions[i];
		if (other == function || !other->grouped || other->kind->bridge ||
		    other->harmless || other->record.group != function->record.group)
			continue;
		fuzz_must(!alone, "who is assignable has no driver beside it");
		fuzz_must(cJSON_IsNull(companions) || names(companions, other->address),
			  "who must leave its driver is a companion");
	}
}

static void judge_function(const struct topology *topology, const cJSON *entry)
{
	const char *address = cJSON_GetStringValue(cJSON_GetObjectItem(entry, "address"));
	const struct function *function = address ? find(topology, address) : NULL;
	const cJSON *assignable = cJSON_GetObjectItem(entry, "assignable");
	const char *verdict = cJSON_GetStringValue(cJSON_GetObjectItem(assignable, "verdict"));

	fuzz_must(function && verdict, "a function of the report is one of the host");
	bool alone = strcmp(verdict, "assignable") == 0;
	if (!alone && strcmp(verdict, "assignable-with") != 0)
		return;
	fuzz_must(function->grouped, "what is assignable has a group");
	fuzz_must(!function->kind->bridge, "what is assignable is no bridge");
	judge_group(topology, function, assignable, alone);
}

static void judge(const cJSON *report, void *context)
{
	const struct topology *topology = context;
	const cJSON *functions = cJSON_GetObjectItem(report, "functions"), *entry;

	fuzz_must((size_t)cJSON_GetArraySize(functions) == topology->count,
		  "a report holds every function");
	cJSON_ArrayForEach(entry, functions) judge_function(topology, entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct topology topology = {0};
	struct fuzz_host host;
	struct record record;
	size_t turn = size ? bytes[size - 1] : 0;

	for (; size >= sizeof(record) && topology.count < MOST_FUNCTIONS; size -= sizeof(record)) {
		memcpy(&record, bytes, sizeof(record));
		place(&topology, &record);
		bytes += sizeof(record);
	}
	fuzz_host_begin(&host);
	fill_host(&host, &topology);
	fuzz_host_audit(&host, turn, judge, &topology);
	fuzz_host_end(&host);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/firmware.h"

#include <string.h>

#include "host/acpi/dmar.h"
#include "host/acpi/iort.h"
#include "host/acpi/ivrs.h"
#include "tests/fuzz/host.h"
#include "tests/unit/support/config.h"

enum {
	PAGE_BYTES = 4096,
	REGISTERS = 0xfed90000,
	RESERVED_MEMORY = 0x7b000000,
	RESERVED_BYTES = 0x10000,
	CHECKSUM_OFFSET = 9,
};

/* Appends that many zeros. Returns the first. */
static uint8_t *append(struct test_table *table, size_t size)
{
	uint8_t *at = table->bytes + table->length;

	fuzz_must(table->length + size <= sizeof(table->bytes), "a table has room for its parts");
	memset(at, 0, size);
	table->length += size;
	return at;
}

static uint32_t reserved_for(const struct firmware_device *device)
{
	return RESERVED_MEMORY + (uint32_t)(device->bus << 8 | device->devfn) * RESERVED_BYTES;
}

static uint16_t requester_of(const struct firmware_device *device)
{
	return (uint16_t)(device->bus << 8 | device->devfn);
}

/* A scope of the VT-d specification, section 8.3.1: the path from the root bus to the device. */
static void add_scope(struct test_table *table, const struct firmware_device *device)
{
	enum { HEAD = 6, STEP = 2 };
	size_t depth = 0;

	for (const struct firmware_device *at = device; at; at = at->parent)
		depth++;
	uint8_t *scope = append(table, HEAD + depth * STEP);
	scope[0] = device->bridge ? DMAR_SCOPE_BRIDGE : DMAR_SCOPE_ENDPOINT;
	scope[1] = (uint8_t)(HEAD + depth * STEP);
	for (const struct firmware_device *at = device; at; at = at->parent) {
		depth--;
		scope[HEAD + depth * STEP] = at->devfn >> 3;
		scope[HEAD + depth * STEP + 1] = at->devfn & 7;
	}
}

/* Section 8.3: a unit for the functions that are named, or the one for all others. */
static void add_drhd(struct test_table *table, const struct firmware_device *devices, size_t count,
		     bool others)
{
	enum { FIXED = 16 };
	size_t start = table->length;
	uint8_t *unit = append(table, FIXED);

	unit[0] = DMAR_DRHD;
	unit[4] = others ? DMAR_INCLUDE_PCI_ALL : 0;
	put32(unit + 8, REGISTERS + (others ? PAGE_BYTES : 0));
	for (size_t i = 0; i < count; i++) {
		if (devices[i].named && !others)
			add_scope(table, &devices[i]);
	}
	put16(table->bytes + start + 2, (uint16_t)(table->length - start));
}

/* Section 8.4. */
static void add_rmrr(struct test_table *table, const struct firmware_device *device)
{
	enum { FIXED = 24 };
	size_t start = table->length;
	uint8_t *region = append(table, FIXED);

	region[0] = DMAR_RMRR;
	put32(region + 8, reserved_for(device));
	put32(region + 16, reserved_for(device) + RESERVED_BYTES - 1);
	add_scope(table, device);
	put16(table->bytes + start + 2, (uint16_t)(table->length - start));
}

static bool any_is_named(const struct firmware_device *devices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (devices[i].named)
			return true;
	}
	return false;
}

static void build_dmar(uint8_t flags, const struct firmware_device *devices, size_t count,
		       struct test_table *table)
{
	table_begin_dmar(table, flags);
	if (any_is_named(devices, count))
		add_drhd(table, devices, count, false);
	add_drhd(table, devices, count, true);
	for (size_t i = 0; i < count; i++) {
		if (devices[i].reserved)
			add_rmrr(table, &devices[i]);
	}
}

/* AMD IOMMU specification, 5.2.2.1: an entry of 4 bytes. */
static void add_entry(struct test_table *table, uint8_t type, uint16_t device_id)
{
	uint8_t *entry = append(table, 4);

	entry[0] = type;
	put16(entry + 1, device_id);
}

/* The special entry of an IOAPIC, which the kernel wants to remap interrupts. */
static void add_ioapic(struct test_table *table)
{
	enum { SOUTHBRIDGE = 0xa0 }; /* get_ioapic_devid(): 00:14.0 */
	uint8_t *entry = append(table, 8);

	entry[0] = IVRS_ENTRY_SPECIAL;
	put16(entry + 5, SOUTHBRIDGE);
	entry[7] = IVRS_SPECIAL_IOAPIC;
}

/* 5.2.2: the one IOMMU, 00:00.2. */
static void add_ivhd(struct test_table *table, const struct firmware_device *devices, size_t count)
{
	enum { FIXED = 40, SELF = 2, CAPABILITY = 0x40 };
	size_t start = table->length;
	uint8_t *unit = append(table, FIXED);

	unit[0] = IVRS_IVHD_EFR;
	put16(unit + 4, SELF);
	put16(unit + 6, CAPABILITY);
	put32(unit + 8, REGISTERS);
	if (!any_is_named(devices, count))
		add_entry(table, IVRS_ENTRY_ALL, 0);
	for (size_t i = 0; i < count; i++) {
		if (devices[i].named)
			add_entry(table, IVRS_ENTRY_SELECT, requester_of(&devices[i]));
	}
	add_ioapic(table);
	put16(table->bytes + start + 2, (uint16_t)(table->length - start));
}

/* 5.2.2.3 */
static void add_ivmd(struct test_table *table, const struct firmware_device *device)
{
	enum { SIZE = 32 };
	uint8_t *region = append(table, SIZE);

	region[0] = IVRS_IVMD_ONE;
	region[1] = IVMD_UNITY | IVMD_READ | IVMD_WRITE;
	put16(region + 2, SIZE);
	put16(region + 4, requester_of(device));
	put32(region + 16, reserved_for(device));
	put32(region + 24, RESERVED_BYTES);
}

static void build_ivrs(uint8_t flags, const struct firmware_device *devices, size_t count,
		       struct test_table *table)
{
	table_begin_ivrs(table, flags);
	add_ivhd(table, devices, count);
	for (size_t i = 0; i < count; i++) {
		if (devices[i].reserved)
			add_ivmd(table, &devices[i]);
	}
}

/* DEN0049, table 4: one id, and what it becomes. */
static void fill_mapping(uint8_t *mapping, uint16_t requester, size_t reference)
{
	put32(mapping, requester);
	put32(mapping + 8, requester);
	put32(mapping + 12, (uint32_t)reference);
}

enum { MAPPING_SIZE = 20, NODE_HEAD = 16 };

/* Begins a node with room for mappings behind its fixed part. */
static uint8_t *add_node(struct test_table *table, enum iort_type type, size_t fixed,
			 size_t mappings)
{
	uint8_t *node = append(table, fixed + mappings * MAPPING_SIZE);

	table->bytes[ACPI_HEADER_SIZE]++;
	node[0] = (uint8_t)type;
	put16(node + 1, (uint16_t)(fixed + mappings * MAPPING_SIZE));
	node[3] = 3;
	put32(node + 8, (uint32_t)mappings);
	put32(node + 12, mappings ? (uint32_t)fixed : 0);
	return node;
}

/* Table 14: the root complex, of which the named functions go through the SMMU, or all. */
static void add_root_complex(struct test_table *table, const struct firmware_device *devices,
			     size_t count, size_t smmu)
{
	enum { FIXED = 36, ALL_IDS = 0xffff };
	size_t named = 0;

	for (size_t i = 0; i < count; i++)
		named += devices[i].named;
	uint8_t *mapping = add_node(table, IORT_ROOT_COMPLEX, FIXED, named ? named : 1) + FIXED;
	mapping[16 - FIXED] = 1; /* cache coherent */
	fill_mapping(mapping, 0, smmu);
	if (!named)
		put32(mapping + 4, ALL_IDS);
	for (size_t i = 0; i < count; i++) {
		if (!devices[i].named)
			continue;
		fill_mapping(mapping, requester_of(&devices[i]), smmu);
		mapping += MAPPING_SIZE;
	}
}

/* Table 21: memory for one stream id. */
static void add_rmr(struct test_table *table, const struct firmware_device *device, uint8_t flags,
		    size_t smmu)
{
	enum { FIXED = 28, REGION = 20 };
	uint8_t *node = add_node(table, IORT_RMR, FIXED, 1);

	fill_mapping(node + FIXED, requester_of(device), smmu);
	node[NODE_HEAD] = flags & IORT_RMR_REMAP_PERMITTED;
	put32(node + 20, 1);
	put32(node + 24, FIXED + MAPPING_SIZE);
	put16(node + 1, FIXED + MAPPING_SIZE + REGION);
	uint8_t *region = append(table, REGION);
	put32(region, reserved_for(device));
	put32(region + 8, RESERVED_BYTES);
}

/* An ITS group, an SMMUv3 in front of it, and the root complex behind both. */
static void build_iort(uint8_t flags, const struct firmware_device *devices, size_t count,
		       struct test_table *table)
{
	enum { ITS_SIZE = 24, SMMU_SIZE = 68, ALL_IDS = 0xffff };

	table_begin_iort(table, 0);
	size_t its = table->length;
	add_node(table, IORT_ITS_GROUP, ITS_SIZE, 0)[NODE_HEAD] = 1;
	size_t smmu = table->length;
	uint8_t *node = add_node(table, IORT_SMMU_V3, SMMU_SIZE, 1);
	put32(node + NODE_HEAD, REGISTERS);
	node[24] = flags & IORT_SMMU_V3_COHERENT;
	fill_mapping(node + SMMU_SIZE, 0, its);
	put32(node + SMMU_SIZE + 4, ALL_IDS);
	add_root_complex(table, devices, count, smmu);
	for (size_t i = 0; i < count; i++) {
		if (devices[i].reserved)
			add_rmr(table, &devices[i], flags, smmu);
	}
}

void firmware_build(enum firmware_table kind, uint8_t flags, const struct firmware_device *devices,
		    size_t count, struct test_table *ret)
{
	switch (kind) {
	case FIRMWARE_DMAR:
		build_dmar(flags, devices, count, ret);
		break;
	case FIRMWARE_IVRS:
		build_ivrs(flags, devices, count, ret);
		break;
	case FIRMWARE_IORT:
		build_iort(flags, devices, count, ret);
		break;
	case FIRMWARE_TABLE_COUNT:
		break;
	}
	table_finish(ret, "/fuzz");
}

void firmware_damage(struct test_table *table, enum firmware_damage damage, size_t place,
		     uint8_t value)
{
	uint8_t *at = &table->bytes[place % table->length];

	switch (damage) {
	case FIRMWARE_CUT:
		table->length = place % table->length;
		break;
	case FIRMWARE_FORGED:
		table->bytes[CHECKSUM_OFFSET] =
			(uint8_t)(table->bytes[CHECKSUM_OFFSET] + *at - value);
		*at = value;
		break;
	case FIRMWARE_CHANGED:
		*at = value;
		break;
	case FIRMWARE_WHOLE:
	case FIRMWARE_DAMAGE_COUNT:
		break;
	}
}

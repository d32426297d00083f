/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/config.h"

#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"

void put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

void put32(uint8_t *at, uint32_t value)
{
	put16(at, (uint16_t)value);
	put16(at + 2, (uint16_t)(value >> 16));
}

void config_begin(struct test_config *config, uint16_t vendor, uint16_t device, uint32_t class_code)
{
	*config = (struct test_config){
		.length = CONFIG_EXPRESS_SIZE,
		.link = PCI_CAPABILITY_LIST,
		.next = 0x40,
		.extended_next = CONFIG_CONVENTIONAL_SIZE,
	};
	put16(config->bytes + PCI_VENDOR_ID, vendor);
	put16(config->bytes + PCI_DEVICE_ID, device);
	put32(config->bytes + PCI_CLASS_REVISION, class_code << 8);
}

uint8_t *config_add(struct test_config *config, uint8_t id, size_t size)
{
	uint8_t *at = config->bytes + config->next;

	config->bytes[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
	config->bytes[config->link] = (uint8_t)config->next;
	at[0] = id;
	config->link = config->next + 1;
	config->next += (size + 3) & ~(size_t)3;
	assert_true(config->next <= CONFIG_CONVENTIONAL_SIZE);
	return at;
}

uint8_t *config_add_extended(struct test_config *config, uint16_t id, size_t size)
{
	uint8_t *at = config->bytes + config->extended_next;

	if (config->extended_link)
		put16(config->bytes + config->extended_link + 2,
		      (uint16_t)(config->extended_next << 4 | 1));
	put32(at, 1u << 16 | id);
	config->extended_link = config->extended_next;
	config->extended_next += (size + 3) & ~(size_t)3;
	assert_true(config->extended_next <= CONFIG_EXPRESS_SIZE);
	return at;
}

uint8_t *config_add_express(struct test_config *config, uint8_t port_type)
{
	uint8_t *express = config_add(config, PCI_CAP_ID_EXP, 0x3c);

	put16(express + PCI_EXP_FLAGS, (uint16_t)(port_type << 4 | 2));
	return express;
}

uint8_t *config_add_sriov(struct test_config *config, uint16_t total_vfs)
{
	uint8_t *sriov = config_add_extended(config, PCI_EXT_CAP_ID_SRIOV, 0x40);

	put16(sriov + PCI_IOV_INITIALVF, total_vfs);
	put16(sriov + PCI_IOV_TOTALVF, total_vfs);
	put16(sriov + PCI_IOV_OFFSET, 1);
	put16(sriov + PCI_IOV_STRIDE, 1);
	put32(sriov + PCI_IOV_SUPPS, 0x553);
	put32(sriov + PCI_IOV_SYSPS, 1);
	return sriov;
}

struct config_space config_of(const struct test_config *config)
{
	return (struct config_space){
		.fact = {.state = FACT_KNOWN, .source = "config"},
		.bytes = config->bytes,
		.length = config->length,
	};
}

const char *resource_lines(const struct tree *tree, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(tree->arena, "%s0x%016x 0x%016x 0x%016x\n", text, 0, 0, 0);
	return text;
}

void tree_attribute(const struct tree *tree, const char *path, const char *name, const char *text)
{
	tree_file(tree, arena_printf(tree->arena, "%s/%s", path, name), text);
}

static void add_hex(const struct tree *tree, const char *path, const char *name, int digits,
		    uint32_t value)
{
	tree_attribute(tree, path, name, arena_printf(tree->arena, "0x%0*x\n", digits, value));
}

const char *tree_function(const struct tree *tree, const char *folder, const char *address,
			  const struct test_config *config)
{
	const struct config_space space = config_of(config);
	const char *path = arena_printf(tree->arena, "%s/%s", folder, address);
	uint16_t vendor = 0, device = 0;
	uint32_t class_code = 0;

	config_read16(&space, PCI_VENDOR_ID, &vendor);
	config_read16(&space, PCI_DEVICE_ID, &device);
	config_read32(&space, PCI_CLASS_REVISION, &class_code);
	add_hex(tree, path, "vendor", 4, vendor);
	add_hex(tree, path, "device", 4, device);
	add_hex(tree, path, "class", 6, class_code >> 8);
	tree_attribute(tree, path, "resource", resource_lines(tree, 13));
	tree_bytes(tree, arena_printf(tree->arena, "%s/config", path), config->bytes,
		   config->length);
	tree_link(tree, arena_printf(tree->arena, "/sys/bus/pci/devices/%s", address), path);
	return path;
}

void tree_group(const struct tree *tree, const char *path, unsigned group)
{
	const char *folder = arena_printf(tree->arena, "/sys/kernel/iommu_groups/%u", group);

	tree_file(tree, arena_printf(tree->arena, "%s/type", folder), "DMA-FQ\n");
	tree_link(tree, arena_printf(tree->arena, "%s/iommu_group", path), folder);
	tree_link(tree, arena_printf(tree->arena, "%s/devices%s", folder, strrchr(path, '/')),
		  path);
}

void tree_driver(const struct tree *tree, const char *path, const char *driver)
{
	tree_link(tree, arena_printf(tree->arena, "%s/driver", path),
		  arena_printf(tree->arena, "/sys/bus/pci/drivers/%s", driver));
}

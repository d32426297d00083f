/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_CONFIG_H
#define PASSCHECK_TESTS_SUPPORT_CONFIG_H

#include "host/pci/config.h"
#include "tests/unit/support/tree.h"

/* Config space under construction: lists of capabilities grow at their ends. */
struct test_config {
	uint8_t bytes[CONFIG_EXPRESS_SIZE];
	size_t length; /* bytes that a reader gets of it: all, unless the test cuts it */
	size_t link;   /* where the next capability's pointer goes */
	size_t next;   /* where it lies */
	size_t extended_link;
	size_t extended_next;
};

/* Begins an endpoint with ids, class (24 bits) and no capabilities. */
void config_begin(struct test_config *config, uint16_t vendor, uint16_t device,
		  uint32_t class_code);

/* Add a capability of size bytes and return its first byte; the registers behind are zero. */
uint8_t *config_add(struct test_config *config, uint8_t id, size_t size);
uint8_t *config_add_extended(struct test_config *config, uint16_t id, size_t size);

/* Adds a PCI Express capability of version 2 with that port type. */
uint8_t *config_add_express(struct test_config *config, uint8_t port_type);

/* Adds an SR-IOV capability that the kernel takes, of that many VFs: offset 1, stride 1. */
uint8_t *config_add_sriov(struct test_config *config, uint16_t total_vfs);

/* Write little-endian registers. */
void put16(uint8_t *at, uint16_t value);
void put32(uint8_t *at, uint32_t value);

/* Returns the config space as a reader would have it. */
struct config_space config_of(const struct test_config *config);

/* Lines of the `resource` attribute, all zero: with CONFIG_PCI_IOV 13, without it 7. */
const char *resource_lines(const struct tree *tree, size_t count);

/*
 * Makes a function in folder (its path in the tree): ids, class, config, resource, and the link in
 * /sys/bus/pci/devices. Returns the function's path.
 */
const char *tree_function(const struct tree *tree, const char *folder, const char *address,
			  const struct test_config *config);

/* Makes an attribute of the function at path. */
void tree_attribute(const struct tree *tree, const char *path, const char *name, const char *text);

/* Puts the function at path into an IOMMU group: the links in both directions, and the type. */
void tree_group(const struct tree *tree, const char *path, unsigned group);

/* Binds the function at path to a driver. */
void tree_driver(const struct tree *tree, const char *path, const char *driver);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/config.h"

#include <errno.h>
#include <pci/header.h>

enum {
	MOST_CAPABILITIES = 48, /* PCI_FIND_CAP_TTL of drivers/pci/pci.h */
	/* The kernel's most: each takes at least 8 bytes of the extended space. */
	MOST_EXTENDED_CAPABILITIES = (CONFIG_EXPRESS_SIZE - CONFIG_CONVENTIONAL_SIZE) / 8,
	LOWEST_POINTER = 0x40,
};

#define EXTENDED_ID(header)      ((uint16_t)((header)&0xffff))
#define EXTENDED_VERSION(header) ((uint8_t)((header) >> 16 & 0xf))
#define EXTENDED_NEXT(header)    ((uint16_t)((header) >> 20 & 0xffc))

/* Returns whether the byte at offset, which the space has, was read. */
static bool is_read(const struct config_space *config, size_t offset)
{
	uint64_t block = offset < BLOCKS_SIZE ? UINT64_C(1) << offset / BLOCK_SIZE : 0;

	if (config->missed)
		*config->missed |= config->unread & block;
	return !(config->unread & block);
}

static uint8_t byte_at(const struct config_space *config, size_t offset)
{
	return offset < config->length - config->zeros ? config->bytes[offset] : 0;
}

bool config_read8(const struct config_space *config, size_t offset, uint8_t *ret)
{
	if (offset >= config->length || !is_read(config, offset))
		return false;
	*ret = byte_at(config, offset);
	return true;
}

/* Returns whether size bytes at offset are in memory: most are, and are then taken as they stand.
 */
static bool is_kept(const struct config_space *config, size_t offset, size_t size)
{
	size_t kept = config->length - config->zeros;

	return !config->unread && offset < kept && kept - offset >= size;
}

static uint16_t word_at(const struct config_space *config, size_t offset)
{
	return (uint16_t)(config->bytes[offset + 1] << 8 | config->bytes[offset]);
}

bool config_read16(const struct config_space *config, size_t offset, uint16_t *ret)
{
	uint8_t low, high;

	if (is_kept(config, offset, sizeof(*ret))) {
		*ret = word_at(config, offset);
		return true;
	}
	if (!config_read8(config, offset, &low) || !config_read8(config, offset + 1, &high))
		return false;
	*ret = (uint16_t)(high << 8 | low);
	return true;
}

bool config_read32(const struct config_space *config, size_t offset, uint32_t *ret)
{
	uint16_t low, high;

	if (is_kept(config, offset, sizeof(*ret))) {
		*ret = (uint32_t)word_at(config, offset + 2) << 16 | word_at(config, offset);
		return true;
	}
	if (!config_read16(config, offset, &low) || !config_read16(config, offset + 2, &high))
		return false;
	*ret = (uint32_t)high << 16 | low;
	return true;
}

bool config_is_ones(const struct config_space *config)
{
	for (size_t i = 0; i < CONFIG_HEADER_SIZE; i++) {
		uint8_t byte;

		if (!config_read8(config, i, &byte) || byte != 0xff)
			return false;
	}
	return true;
}

static struct capability unreadable(int error)
{
	return (struct capability){.state = FACT_UNREADABLE, .error = error};
}

/* Where a list was walked to its end; broken where that end is not a proper one. */
static struct capability absent(bool broken)
{
	return (struct capability){.state = FACT_ABSENT, .broken_chain = broken};
}

/*
 * What lies beyond the bytes that were read. Without CAP_SYS_ADMIN the kernel gives 64 bytes, 128
 * of a CardBus bridge; 256 are all it gives where it cannot reach the extended space. Any other
 * length is a copy that was cut short.
 */
static struct capability unread(const struct config_space *config)
{
	if (config->length == CONFIG_HEADER_SIZE || config->length == CONFIG_CARDBUS_SIZE)
		return unreadable(EPERM);
	return unreadable(config->length == CONFIG_CONVENTIONAL_SIZE ? ENXIO : EIO);
}

/* Returns whether the bytes from offset on are all of that value. */
static bool is_filled(const struct config_space *config, size_t offset, size_t end, uint8_t value)
{
	for (size_t i = offset; i < end && i < config->length; i++) {
		if (byte_at(config, i) != value)
			return false;
	}
	return true;
}

/* A function that is gone, or asleep in D3cold, answers every read with ones; zeros are a copy
 * without content. */
static bool is_blank(const struct config_space *config)
{
	return config->length >= CONFIG_HEADER_SIZE &&
	       (is_filled(config, 0, CONFIG_HEADER_SIZE, 0xff) ||
		is_filled(config, 0, CONFIG_HEADER_SIZE, 0));
}

/*
 * tar(1) fills what it could not read of a file up to the size that sysfs claims with zeros. Where
 * all that was read is zeros, that takes the rest to tell.
 */
static bool is_padded(const struct config_space *config)
{
	if (config->length <= CONFIG_HEADER_SIZE ||
	    !is_filled(config, CONFIG_HEADER_SIZE, config->length, 0))
		return false;
	if (config->missed)
		*config->missed |= config->unread;
	return !config->unread;
}

/* Finds the register that begins the standard list, as __pci_bus_find_cap_start() does. */
static struct capability list_register(const struct config_space *config)
{
	uint16_t status;
	uint8_t header_type;

	/* Every function has config space: a missing file says nothing of what is in it. */
	if (fact_absent(&config->fact))
		return unreadable(ENOENT);
	if (!fact_known(&config->fact))
		return (struct capability){.state = config->fact.state,
					   .error = config->fact.error};
	if (is_blank(config))
		return unreadable(ENODEV);
	if (!config_read16(config, PCI_STATUS, &status) ||
	    !config_read8(config, PCI_HEADER_TYPE, &header_type))
		return unread(config);
	if (!(status & PCI_STATUS_CAP_LIST))
		return absent(false);
	if (is_padded(config))
		return unreadable(EPERM);
	switch (header_type & 0x7f) {
	case PCI_HEADER_TYPE_NORMAL:
	case PCI_HEADER_TYPE_BRIDGE:
		return (struct capability){.state = FACT_KNOWN, .offset = PCI_CAPABILITY_LIST};
	case PCI_HEADER_TYPE_CARDBUS:
		return (struct capability){.state = FACT_KNOWN, .offset = PCI_CB_CAPABILITY_LIST};
	}
	return (struct capability){.state = FACT_MALFORMED};
}

struct capability config_capability(const struct config_space *config, uint8_t id)
{
	struct capability start = list_register(config);
	uint8_t pointer;

	if (start.state != FACT_KNOWN)
		return start;
	if (!config_read8(config, start.offset, &pointer))
		return unread(config);
	for (int i = 0; i < MOST_CAPABILITIES; i++) {
		uint16_t entry;

		pointer &= 0xfc;
		if (pointer < LOWEST_POINTER)
			return absent(pointer != 0);
		if (!config_read16(config, pointer, &entry))
			return unread(config);
		if (entry == 0xffff)
			return (struct capability){
				.state = FACT_UNREADABLE, .error = EIO, .broken_chain = true};
		if ((entry & 0xff) == 0xff)
			return absent(true);
		if ((entry & 0xff) == id)
			return (struct capability){.state = FACT_KNOWN, .offset = pointer};
		pointer = (uint8_t)(entry >> 8);
	}
	return absent(true);
}

/* PCI-X 2.0 devices have the extended space too: pci_cfg_space_size(), drivers/pci/probe.c. */
static bool is_pcix_2(const struct config_space *config)
{
	struct capability pcix = config_capability(config, PCI_CAP_ID_PCIX);
	uint32_t status;

	return pcix.state == FACT_KNOWN && config_read32(config, pcix.offset + 4u, &status) &&
	       (status & (PCI_PCIX_STATUS_266MHZ | PCI_PCIX_STATUS_533MHZ));
}

/*
 * Returns known where there is an extended list to walk, and otherwise what the search ends with.
 * The kernel looks for it in host bridges without PCI Express too, but takes nothing of what
 * passcheck judges from there: pci_iov_init(), pci_acs_enabled() and pci_configure_ari() want PCI
 * Express.
 */
static struct capability extended_space(const struct config_space *config)
{
	struct capability express = config_capability(config, PCI_CAP_ID_EXP);

	if (express.state == FACT_ABSENT && !is_pcix_2(config))
		return absent(express.broken_chain);
	if (express.state != FACT_KNOWN && express.state != FACT_ABSENT)
		return express;
	if (config->length <= CONFIG_CONVENTIONAL_SIZE)
		return unread(config);
	return (struct capability){.state = FACT_KNOWN, .offset = CONFIG_CONVENTIONAL_SIZE};
}

struct capability config_extended_capability(const struct config_space *config, uint16_t id)
{
	struct capability space = extended_space(config);
	uint16_t offset = space.offset;
	uint32_t header;

	if (space.state != FACT_KNOWN)
		return space;
	for (int i = 0; i < MOST_EXTENDED_CAPABILITIES; i++) {
		if (!config_read32(config, offset, &header))
			return unread(config);
		if (header == 0xffffffff)
			return (struct capability){.state = FACT_UNREADABLE,
						   .error = i == 0 ? ENXIO : EIO,
						   .broken_chain = i > 0};
		if (header == 0)
			return absent(i > 0);
		if (EXTENDED_ID(header) == id)
			return (struct capability){.state = FACT_KNOWN,
						   .offset = offset,
						   .version = EXTENDED_VERSION(header)};
		offset = EXTENDED_NEXT(header);
		if (offset < CONFIG_CONVENTIONAL_SIZE)
			return absent(offset != 0);
	}
	return absent(true);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config.h"

#include <errno.h>
#include <pci/header.h>

enum {
	MOST_CAPABILITIES = 48, /* PCI_FIND_CAP_TTL of drivers/pci/pci.h */
	/* What the kernel takes as the most: each at least 8 bytes of the extended space. */
	MOST_EXTENDED_CAPABILITIES = (CONFIG_EXPRESS_SIZE - CONFIG_CONVENTIONAL_SIZE) / 8,
	LOWEST_POINTER = 0x40,
};

#define EXTENDED_ID(header)      ((uint16_t)((header)&0xffff))
#define EXTENDED_VERSION(header) ((uint8_t)((header) >> 16 & 0xf))
#define EXTENDED_NEXT(header)    ((uint16_t)((header) >> 20 & 0xffc))

bool config_read8(const struct config_space *config, size_t offset, uint8_t *ret)
{
	if (offset >= config->length)
		return false;
	*ret = config->bytes[offset];
	return true;
}

bool config_read16(const struct config_space *config, size_t offset, uint16_t *ret)
{
	if (config->length < 2 || offset > config->length - 2)
		return false;
	*ret = (uint16_t)(config->bytes[offset] | config->bytes[offset + 1] << 8);
	return true;
}

bool config_read32(const struct config_space *config, size_t offset, uint32_t *ret)
{
	uint16_t low, high;

	if (!config_read16(config, offset, &low) || !config_read16(config, offset + 2, &high))
		return false;
	*ret = (uint32_t)high << 16 | low;
	return true;
}

static struct capability state_of_config(const struct config_space *config)
{
	return (struct capability){.state = config->fact.state, .error = config->fact.error};
}

/* What lies beyond the bytes that were read: a reader without CAP_SYS_ADMIN gets the header only.
 */
static struct capability unread(const struct config_space *config)
{
	return (struct capability){
		.state = FACT_UNREADABLE,
		.error = config->length <= 2 * CONFIG_HEADER_SIZE ? EPERM : ENXIO,
	};
}

/* A function that is gone, or asleep in D3cold, answers every read with ones. */
static bool is_all_ones(const struct config_space *config)
{
	if (config->length < CONFIG_HEADER_SIZE)
		return false;
	for (size_t i = 0; i < CONFIG_HEADER_SIZE; i++) {
		if (config->bytes[i] != 0xff)
			return false;
	}
	return true;
}

/* Finds where the standard list begins. Returns false with *ret what the search ends with. */
static bool first_pointer(const struct config_space *config, uint8_t *pointer,
			  struct capability *ret)
{
	uint16_t status;
	uint8_t header_type;

	*ret = state_of_config(config);
	if (!fact_known(&config->fact))
		return false;
	*ret = (struct capability){.state = FACT_UNREADABLE, .error = ENODEV};
	if (is_all_ones(config))
		return false;
	*ret = unread(config);
	if (!config_read16(config, PCI_STATUS, &status) ||
	    !config_read8(config, PCI_HEADER_TYPE, &header_type))
		return false;
	*ret = (struct capability){.state = FACT_ABSENT};
	if (!(status & PCI_STATUS_CAP_LIST))
		return false;
	size_t offset = (header_type & 0x7f) == PCI_HEADER_TYPE_CARDBUS ? PCI_CB_CAPABILITY_LIST
									: PCI_CAPABILITY_LIST;
	*ret = unread(config);
	return config_read8(config, offset, pointer);
}

struct capability config_capability(const struct config_space *config, uint8_t id)
{
	struct capability result;
	uint8_t pointer;

	if (!first_pointer(config, &pointer, &result))
		return result;
	for (int i = 0; i < MOST_CAPABILITIES; i++) {
		uint16_t entry;

		pointer &= 0xfc;
		if (pointer < LOWEST_POINTER)
			return (struct capability){.state = FACT_ABSENT};
		if (!config_read16(config, pointer, &entry))
			return unread(config);
		if ((entry & 0xff) == 0xff)
			return (struct capability){.state = FACT_ABSENT, .broken_chain = true};
		if ((entry & 0xff) == id)
			return (struct capability){.state = FACT_KNOWN, .offset = pointer};
		pointer = (uint8_t)(entry >> 8);
	}
	return (struct capability){.state = FACT_ABSENT, .broken_chain = true};
}

/* PCI-X 2.0 devices have the extended space too: pci_cfg_space_size(), drivers/pci/probe.c. */
static bool is_pcix_2(const struct config_space *config)
{
	struct capability pcix = config_capability(config, PCI_CAP_ID_PCIX);
	uint32_t status;

	return pcix.state == FACT_KNOWN && config_read32(config, pcix.offset + 4u, &status) &&
	       (status & (PCI_PCIX_STATUS_266MHZ | PCI_PCIX_STATUS_533MHZ));
}

/* Returns whether there is an extended list to walk; *ret is what the search ends with if not. */
static bool has_extended_space(const struct config_space *config, struct capability *ret)
{
	*ret = config_capability(config, PCI_CAP_ID_EXP);
	if (ret->state == FACT_ABSENT && !is_pcix_2(config)) {
		*ret = (struct capability){.state = FACT_ABSENT};
		return false;
	}
	if (ret->state != FACT_KNOWN && ret->state != FACT_ABSENT)
		return false;
	*ret = unread(config);
	return config->length > CONFIG_CONVENTIONAL_SIZE;
}

struct capability config_extended_capability(const struct config_space *config, uint16_t id)
{
	struct capability result;
	uint16_t offset = CONFIG_CONVENTIONAL_SIZE;
	uint32_t header;

	if (!has_extended_space(config, &result))
		return result;
	for (int i = 0; i < MOST_EXTENDED_CAPABILITIES; i++) {
		if (!config_read32(config, offset, &header))
			return unread(config);
		if (header == 0xffffffff && i == 0)
			return (struct capability){.state = FACT_UNREADABLE, .error = ENXIO};
		if (header == 0 || header == 0xffffffff)
			return (struct capability){.state = FACT_ABSENT, .broken_chain = i > 0};
		if (EXTENDED_ID(header) == id)
			return (struct capability){.state = FACT_KNOWN,
						   .offset = offset,
						   .version = EXTENDED_VERSION(header)};
		offset = EXTENDED_NEXT(header);
		if (offset < CONFIG_CONVENTIONAL_SIZE)
			return (struct capability){.state = FACT_ABSENT,
						   .broken_chain = offset != 0};
	}
	return (struct capability){.state = FACT_ABSENT, .broken_chain = true};
}

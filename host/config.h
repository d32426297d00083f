/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_CONFIG_H
#define PASSCHECK_HOST_CONFIG_H

#include "host/fact.h"

/*
 * Config space as it was read, and the walks over its capability lists. "Not read" is never "not
 * there": the kernel gives a reader without CAP_SYS_ADMIN only 64 bytes (pci_read_config(),
 * drivers/pci/pci-sysfs.c), and what lies beyond them is then unreadable with EPERM.
 */

/* Sizes in bytes of what the kernel returns: the header alone, conventional, PCI Express. */
enum {
	CONFIG_HEADER_SIZE = 64,
	CONFIG_CONVENTIONAL_SIZE = 256,
	CONFIG_EXPRESS_SIZE = 4096,
};

struct config_space {
	struct fact fact; /* source: "/sys/…/config" */
	const uint8_t *bytes;
	size_t length; /* bytes read, 0 unless known */
};

/* Where a capability stands. absent: the whole list was walked, as the kernel walks it. */
struct capability {
	enum fact_state state;
	int error;         /* errno where unreadable: EPERM for want of CAP_SYS_ADMIN */
	uint16_t offset;   /* of the capability's first byte */
	uint8_t version;   /* extended capabilities only */
	bool broken_chain; /* the list loops or leaves config space; the walk ended there */
};

/*
 * Read little-endian values at offset (bytes). Return whether all their bytes were read; *ret is
 * untouched otherwise.
 */
bool config_read8(const struct config_space *config, size_t offset, uint8_t *ret);
bool config_read16(const struct config_space *config, size_t offset, uint16_t *ret);
bool config_read32(const struct config_space *config, size_t offset, uint32_t *ret);

/*
 * Finds a capability of the standard list, by the rules of the kernel's __pci_find_next_cap()
 * (Status bit 4, pointers masked by 2 bits, end below 0x40 or at id 0xff, 48 entries at most).
 * Unreadable where the list or the capability's pointer lies beyond the bytes read.
 */
struct capability config_capability(const struct config_space *config, uint8_t id);

/*
 * Finds an extended capability, by the rules of pci_find_next_ext_capability(). A function without
 * PCI Express capability (and without PCI-X 2.0) has none: absent. One with it of which only 256
 * bytes were read: unreadable, with EPERM where the header alone was read and ENXIO where the
 * extended space cannot be reached (no MMCONFIG/ECAM).
 */
struct capability config_extended_capability(const struct config_space *config, uint16_t id);

#endif

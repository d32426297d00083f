/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_CONFIG_H
#define PASSCHECK_HOST_PCI_CONFIG_H

#include "host/access/descriptor.h"
#include "host/access/fact.h"

/*
 * Config space as it was read, and the walks over its capability lists. "Not read" is never "not
 * there": the kernel gives a reader without CAP_SYS_ADMIN only 64 bytes (pci_read_config(),
 * drivers/pci/pci-sysfs.c), and what lies beyond them is then unreadable with EPERM.
 */

/* Sizes in bytes of what the kernel returns: the header alone (larger for a CardBus bridge),
 * conventional, PCI Express. */
enum {
	CONFIG_HEADER_SIZE = 64,
	CONFIG_CARDBUS_SIZE = 128,
	CONFIG_CONVENTIONAL_SIZE = 256,
	CONFIG_EXPRESS_SIZE = 4096,
};

struct config_space {
	struct fact fact; /* source: "/sys/…/config" */
	const uint8_t *bytes;
	size_t length;    /* 0 unless known */
	size_t zeros;     /* how many of them, at the end, are zero and not kept in bytes */
	uint64_t unread;  /* a bit for each 64 bytes that nobody needed: they were not read */
	uint64_t *missed; /* where set, collects the unread blocks that a reader needs after all */
};

/*
 * Where a capability stands. Absent: the whole list was walked, as the kernel walks it. Malformed:
 * a header type that no function has.
 */
struct capability {
	enum fact_state state;
	/*
	 * errno where unreadable. EPERM: for want of CAP_SYS_ADMIN. ENXIO: the extended space
	 * cannot be reached (no MMCONFIG/ECAM). ENODEV: the function is gone or asleep, and answers
	 * with ones. EIO: the bytes are cut short, or turn into ones on the way.
	 */
	int error;
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

/* Returns whether the header was read and is ones alone: what a bus gives for a device that does
 * not answer (PCI Express 6.0, section 2.3.2). */
bool config_is_ones(const struct config_space *config);

/*
 * Finds a capability of the standard list, by the rules of the kernel's __pci_find_next_cap()
 * (Status bit 4, pointers masked by 2 bits, end below 0x40 or at id 0xff, 48 entries at most).
 * Where the list runs into ones the reading failed, and the capability is unreadable.
 */
struct capability config_capability(const struct config_space *config, uint8_t id);

/*
 * Finds an extended capability, by the rules of pci_find_next_ext_capability(). A function without
 * PCI Express capability (and without PCI-X 2.0) has none: absent.
 */
struct capability config_extended_capability(const struct config_space *config, uint16_t id);

#endif

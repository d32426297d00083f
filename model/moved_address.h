/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MOVED_ADDRESS_H
#define PASSCHECK_MODEL_MOVED_ADDRESS_H

#include "host/host.h"

/* A line that means one device, by its ids, and names an address where another one is now. */
struct moved_address {
	const struct pci_function *now; /* what is at the address */
	int64_t vendor;                 /* what the line means; -1: it does not say */
	int64_t device;
	const struct pci_function *where; /* the one function with both ids; NULL: none, or more */
};

/*
 * Returns whether a line of udev's rules names an address and ids of one device, of which the
 * function at that address has others: the rule does nothing. udev(7): KERNEL and ATTR are of the
 * device itself, KERNELS and ATTRS of one device of those above it. So does an entry of Unraid's,
 * "0000:05:00.0|8086:1528". ret may be NULL: where the device is now is not looked for then.
 */
bool moved_address_find(const struct host *host, const char *line, struct moved_address *ret);

/* Returns the ids that the line means: "10de:1b80", "vendor 10de". Memory comes from arena. */
const char *moved_address_ids(const struct moved_address *moved, struct arena *arena);

#endif

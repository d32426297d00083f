/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PERSISTENCE_RULE_KEY_H
#define PASSCHECK_MODEL_PERSISTENCE_RULE_KEY_H

#include "host/boot/boolean.h"
#include "host/pci/pci.h"
#include "host/persistence/udev_key.h"

/* One key of a rule of udev(7), and what a device answers to it. */

/* Whose events a rule may wait for, and what these lie below. */
enum rule_device_kind {
	RULE_DEVICE_FUNCTION,
	RULE_DEVICE_INTERFACE, /* of the function */
	RULE_DEVICE_OTHER,     /* what else lies below it: an RDMA device, a clock */
	RULE_DEVICE_ROOT_BUS,  /* which all functions of it lie below: no rule waits for it */
};

struct rule_device {
	enum rule_device_kind kind;
	const char *name; /* NULL: not known */
	const struct pci_function *function;
	bool named; /* the rule has the function's very address */
	bool known; /* udev knows the interface's driver when the rule is read */
};

/*
 * Returns whether a device fits what a key compares, or has the attribute that it writes:
 * udev_rule_apply_token_to_event() of systemd's src/udev/udev-rules.c. Unknown where the key asks
 * for what is not read. Memory comes from arena.
 */
enum boolean rule_key_answer(struct arena *arena, const struct udev_key *key,
			     const struct rule_device *device);

/* Returns whether a key asks the device, or one above it: of all such keys of a rule the same one
 * must answer (udev_rule_apply_parent_token_to_event()). */
bool rule_key_is_of_above(const struct udev_key *key);

/* Returns whether a key tells one device from others. */
bool rule_key_tells(const struct udev_key *key);

#endif

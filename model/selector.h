/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SELECTOR_H
#define PASSCHECK_MODEL_SELECTOR_H

#include "host/host.h"

/*
 * How a person names functions: an address, with or without its domain ("03:00.0", "0000:03:00.0"),
 * VENDOR:DEVICE in hex ("8086:10c9"), the name of a network interface ("eth0"), or a class word
 * ("gpu", "nic", "nvme", "fc").
 */

/* Returns whether function is one of those that selector names. */
bool selector_matches(const char *selector, const struct pci_function *function);

/* Returns how many functions of the host selector names. */
size_t selector_count(const char *selector, const struct host *host);

#endif

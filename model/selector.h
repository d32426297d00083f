/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SELECTOR_H
#define PASSCHECK_MODEL_SELECTOR_H

#include "host/host.h"

/*
 * How a person names functions:
 *
 *   0000:03:00.0  an address; without its domain ("03:00.0", "3:0.0") it is one of domain 0, as
 *                 lspci prints it
 *   03:00         all functions of a slot
 *   group:12      all functions of an IOMMU group of the kernel's
 *   8086:10c9     VENDOR:DEVICE in hex
 *   eth0          the function of a network interface
 *   gpu           a class word (model/class_word.h)
 *   pci_0000_03_00_0  an address as libvirt spells it
 */

/* Returns whether function is one of those that selector names. */
bool selector_matches(const char *selector, const struct pci_function *function);

/* Returns how many functions of the host selector names. */
size_t selector_count(const char *selector, const struct host *host);

#endif

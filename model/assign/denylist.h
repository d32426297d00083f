/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_DENYLIST_H
#define PASSCHECK_MODEL_ASSIGN_DENYLIST_H

#include <stdbool.h>
#include <stdint.h>

/* Returns whether vfio-pci refuses devices of these ids unless its disable_denylist is on:
 * vfio_pci_dev_in_denylist(), drivers/vfio/pci/vfio_pci.c. */
bool denylist_has(int64_t vendor, int64_t device);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_DENYLIST_H
#define PASSCHECK_MODEL_ASSIGN_DENYLIST_H

#include "host/boot/boolean.h"
#include "host/host.h"

/*
 * Returns whether vfio-pci of the host's kernel refuses devices of these ids, where disabled says
 * whether its option disable_denylist is on: vfio_pci_dev_in_denylist(),
 * drivers/vfio/pci/vfio_pci.c. Unknown for a kernel older than the entry: stable kernels and those
 * of distributions have taken entries over. The option came with the list: a vfio-pci that runs on
 * such a kernel and does not show it has no list.
 */
enum boolean denylist_refuses(const struct host *host, enum boolean disabled, int64_t vendor,
			      int64_t device);

#endif

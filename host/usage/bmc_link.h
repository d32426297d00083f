/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_BMC_LINK_H
#define PASSCHECK_HOST_USAGE_BMC_LINK_H

#include "host/access/root.h"
#include "host/usage/host_interface.h"

/*
 * Returns whether the network interface in a folder of /sys/devices is the host's side of a cable
 * to its own management controller (the "USB Network Interface" of the Redfish Host Interface
 * Specification, DSP0270): it is up as long as the controller lives, and leads nowhere else. Known
 * by the ids of the USB device, or of a hub above it, or because firmware says so
 * (host_interface.h); another is taken for a network interface as any. interfaces is empty before
 * the first call, and keeps what firmware says, so that its table is read once. Memory comes from
 * arena.
 */
bool bmc_link_is(struct root *root, struct arena *arena, const char *folder,
		 struct host_interfaces *interfaces);

/* Returns what leaves it open whether an interface that bmc_link_is() does not know leads there all
 * the same: firmware's table, which root alone may read. NULL: nothing does. */
const struct fact *bmc_link_doubt(const char *folder, const struct host_interfaces *interfaces);

#endif

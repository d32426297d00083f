/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_DEVICES_H
#define PASSCHECK_HOST_USAGE_USAGE_DEVICES_H

#include "host/usage/device_users.h"
#include "host/usage/usage_loader.h"

/*
 * Adds what sysfs says of the use of devices that the host can do without: bonds, bridges and
 * switches that have an interface (its link `master`), links of VFs that are up, devices that lie
 * upon block devices and are not mounted, outputs of displays that show a picture. Asks only
 * functions that have such, and not those on vfio-pci.
 */
void usage_load_devices(struct usage_loader *loader, const struct pci *pci);

/* What programs have devices open; users is NULL where that was not searched for. */
void usage_load_opened(struct usage_loader *loader, const struct pci *pci,
		       const struct device_users *users);

#endif

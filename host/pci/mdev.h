/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_MDEV_H
#define PASSCHECK_HOST_PCI_MDEV_H

#include "host/access/root.h"

/* A mediated device of VFIO: /sys/bus/mdev/devices/UUID. */
struct mdev {
	const char *uuid;
	const char *path; /* its own folder, below that of the function whose driver made it */
};

struct mdevs {
	struct fact fact; /* of /sys/bus/mdev/devices; absent: the kernel has no such devices */
	struct mdev *items;
	size_t count;
};

void mdevs_load(struct root *root, struct arena *arena, struct mdevs *ret);

/* Returns the mediated device of that UUID, whichever case its digits have, or NULL. */
const struct mdev *mdevs_find(const struct mdevs *mdevs, const char *uuid);

/* Returns whether text is a UUID as sysfs and libvirt write one. */
bool mdev_is_uuid(const char *text);

#endif

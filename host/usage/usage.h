/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_H
#define PASSCHECK_HOST_USAGE_USAGE_H

#include "host/access/root.h"
#include "host/usage/device_users.h"
#include "host/usage/usage_entry.h"
#include "host/usage/usage_routes.h"

/*
 * Follows mounts and swap down through device mapper, MD and NVMe multipath, and default routes
 * down through bonds, bridges and VLANs, to folders of hardware; users (NULL: not searched for)
 * by the nodes that they have open. Short memory marks the arena.
 */
void usage_load(struct root *root, struct arena *arena, const struct pci *pci,
		const struct device_users *users, struct usage *ret);

/*
 * Returns whether what stands at path must be trimmed before it is captured, and how: only what
 * usage_load() asks for, without other names of mount points, and in the place of a server's
 * address the interfaces that lead there by routes (NULL: not known).
 */
bool usage_covers(const char *path);
const char *usage_trim(struct arena *arena, const struct fact_text *text,
		       const struct usage_routes *routes);

#endif

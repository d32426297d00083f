/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_QEMU_PACKAGE_H
#define PASSCHECK_HOST_SYSTEM_QEMU_PACKAGE_H

#include "host/access/root.h"

/* Files that list the packages of a host: dpkg's, and apk's, which has moved. */
#define DPKG_STATUS     "/var/lib/dpkg/status"
#define APK_INSTALLED   "/lib/apk/db/installed"
#define APK_3_INSTALLED "/usr/lib/apk/db/installed"

/*
 * Returns the version of the package that has the QEMU at a path of the host, major * 1000000 +
 * minor * 1000 + micro, as the host's list of packages tells it: a file of dpkg or apk, or names of
 * folders of pacman or Portage. The first list that the host has decides; absent where that names
 * no such package, or there is none. The database of rpm is not read.
 */
struct fact_number qemu_package_load(struct root *root, struct arena *arena, const char *program);

/*
 * Takes the next line of such a file at *offset, 0 for the first, that tells of a package of QEMU
 * whether it is installed and which version it is, or that ends what is told of it. *inside, false
 * at first, is whether the line is of such a package. Returns false behind the last one.
 */
bool qemu_package_next_line(const struct fact_text *list, size_t *offset, bool *inside,
			    struct fact_line *ret);

/* Returns whether a capture names the entry of a folder: of one whose entries are packages, only
 * those of QEMU. */
bool qemu_package_names(const char *folder, const char *entry);

#endif

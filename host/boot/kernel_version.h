/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_KERNEL_VERSION_H
#define PASSCHECK_HOST_BOOT_KERNEL_VERSION_H

#include <stdbool.h>

/* A kernel release's first numbers: 6.12.57+deb13-amd64 is {6, 12, 57}. */
struct kernel_version {
	unsigned major;
	unsigned minor;
	unsigned point; /* the stable release; 0 also where the distribution does not tell it */
};

/* Returns whether text begins as a release does, and then its version. */
bool kernel_version_parse(const char *text, struct kernel_version *ret);

/* Returns whether version is at least major.minor. */
bool kernel_at_least(const struct kernel_version *version, unsigned major, unsigned minor);

#endif

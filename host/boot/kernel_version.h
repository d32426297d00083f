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

/*
 * Returns whether the kernel of a release may have what its version is too old for: RHEL and what
 * is made of it (".el9"), and SUSE Linux Enterprise ("-150600."), bring newer code under an older
 * number. The 5.14 of RHEL 9 has iommufd, of 6.2; SUSE took iommu_group_claim_dma_owner(), of 5.19,
 * and the refusal of direct mappings, of 6.6, into older kernels (patches.suse of its
 * kernel-source).
 */
bool kernel_backports(const char *release);

#endif

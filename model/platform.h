/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PLATFORM_H
#define PASSCHECK_MODEL_PLATFORM_H

#include "host/host.h"

/* Whose IOMMU a host has, or would have. */
enum platform {
	PLATFORM_UNKNOWN, /* x86 of a vendor that cannot be told */
	PLATFORM_VTD,
	PLATFORM_AMD_VI,
	PLATFORM_OTHER, /* not x86 */
};

/*
 * Tells the platform: by the units that run, else by the table that firmware gives, else by the
 * processor's vendor. An emulated machine may pair an AMD processor with a DMAR table.
 */
enum platform platform_of(const struct host *host);

/* Returns whether firmware gives a DMAR or IVRS table, readable or not. */
bool platform_has_table(const struct host *host);

/* Returns "VT-d", "AMD-Vi" or "the IOMMU". */
const char *platform_name(enum platform platform);

/* Whether the kernel translates DMA now: what runs wins over what tables and options promise. */
enum translation { TRANSLATION_UNKNOWN, TRANSLATION_OFF, TRANSLATION_ON };

/*
 * Returns whether the function is in a group of an IOMMU, and not in one that VFIO's noiommu mode
 * made, whose devices nothing keeps from any memory.
 */
bool platform_in_real_group(const struct host *host, const struct pci_function *function);

/* Returns the state, and with it the fact that evidences it (never NULL). */
enum translation platform_translation(const struct host *host, const struct fact **ret_evidence);

/* Returns whether cpuinfo says that the host is a virtual machine. */
bool platform_is_guest(const struct host *host);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ACS_H
#define PASSCHECK_MODEL_ACS_H

#include "host/host.h"
#include "model/kernel_parameters.h"

/* The bits that the kernel wants of a function that isolates: REQ_ACS_FLAGS of iommu.c. */
enum {
	ACS_SV = 0x01,
	ACS_TB = 0x02,
	ACS_RR = 0x04,
	ACS_CR = 0x08,
	ACS_UF = 0x10,
	ACS_EC = 0x20,
	ACS_DT = 0x40,
	ACS_REQUIRED = ACS_SV | ACS_RR | ACS_CR | ACS_UF,
};

/* Whether a function keeps what is below or beside it from reaching each other. */
enum acs_verdict { ACS_UNKNOWN, ACS_ISOLATES, ACS_FAILS };

struct acs {
	enum acs_verdict verdict;
	uint16_t missing; /* where it fails for want of bits that it could set */
	const char *why;  /* where it fails or is unknown: "has no ACS capability" */
};

struct acs_context {
	const struct host *host;
	const struct kernel_parameters *parameters;
	bool translation; /* the IOMMU runs: the kernel has set ACSCtl already */
	struct arena *arena;
};

/*
 * Judges a function as pci_acs_enabled() of drivers/pci/pci.c does (6.1 to 7.3): the quirk table
 * first, then by port type and registers. With the IOMMU off the bits are those that
 * pci_enable_acs() would set, of which firmware leaves any.
 */
struct acs acs_judge(const struct acs_context *context, const struct pci_function *function);

/*
 * Returns the ACSCtl that a function has, or would have once the kernel has set it up; false where
 * its capability is not known.
 */
bool acs_effective(const struct acs_context *context, const struct pci_function *function,
		   uint16_t *ret);

/* Returns whether list, of pci=disable_acs_redir= or config_acs=, names the function
 * (pci_dev_str_match()). */
bool acs_list_matches(const char *list, const struct pci_function *function);

#endif

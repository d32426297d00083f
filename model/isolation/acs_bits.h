/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ACS_BITS_H
#define PASSCHECK_MODEL_ISOLATION_ACS_BITS_H

#include "host/host.h"
#include "model/boot/kernel_parameters.h"
#include "model/platform.h"

/* The bits of ACSCap and ACSCtl (linux/pci_regs.h), and those that the kernel wants of a function
 * that isolates: REQ_ACS_FLAGS of drivers/iommu/iommu.c. */
enum {
	ACS_SV = 0x01,
	ACS_TB = 0x02,
	ACS_RR = 0x04,
	ACS_CR = 0x08,
	ACS_UF = 0x10,
	ACS_EC = 0x20,
	ACS_DT = 0x40,
	ACS_REQUIRED = ACS_SV | ACS_RR | ACS_CR | ACS_UF,
	/* What pci=disable_acs_redir= clears. */
	ACS_REDIRECTION = ACS_RR | ACS_CR | ACS_EC,
};

/* Returns "SV" and the like, as the PCI Express specification has them (6.0, section 7.7.11); NULL
 * for what is no bit of ACS. */
const char *acs_bit_name(uint16_t bit);

/* Returns the names of bits, "SV RR CR UF", in memory of arena. */
const char *acs_bit_names(struct arena *arena, uint16_t bits);

/* Whether a function keeps what is below or beside it from reaching each other. */
enum acs_verdict { ACS_UNKNOWN, ACS_ISOLATES, ACS_FAILS };

/* Why a function fails: what can be done about it depends on that. */
enum acs_reason {
	ACS_REASON_NONE,
	ACS_NO_CAPABILITY,     /* and none of the kernel's quirks stands in for it */
	ACS_BITS_OFF,          /* bits that it could set are clear */
	ACS_BITS_SWITCHED_OFF, /* so the command line wants it */
	ACS_CONVENTIONAL,      /* conventional PCI knows no ACS */
	ACS_TYPE,              /* bridges to conventional PCI and event collectors never count */
	ACS_DISTRUSTED,        /* the kernel's quirk table says so */
	ACS_PCH_WORKAROUND, /* the workaround that stands for ACS in old Intel chipsets is missing
			     */
};

struct acs {
	enum acs_verdict verdict;
	enum acs_reason reason; /* where it fails */
	uint16_t missing;       /* where bits are off */
	const char *why;        /* where it fails or is unknown: "has no ACS capability" */
};

/* What a judgement hangs on beside the function itself. */
struct acs_context {
	const struct host *host;
	const struct kernel_parameters *parameters;
	/* While the IOMMU runs, ACSCtl is what the kernel made of it; while it is off, what the
	 * kernel would make of it counts. */
	enum translation translation;
	/* The words of pcie_acs_override= that are to count, as in kernels that have the patch;
	 * NULL: none, and so what the hardware does. */
	const char *override;
};

/* The three verdicts; why is kept. */
struct acs acs_isolates(void);
struct acs acs_unknown(const char *why);
struct acs acs_fails(enum acs_reason reason, const char *why);

/* A judgement of an ACS capability's bits; 32 bits wide in some chipsets. */
struct acs acs_judge_bits(const struct acs_context *context, const struct pci_function *function,
			  uint32_t supported, uint32_t enabled);

/*
 * Returns whether a list of pci=disable_acs_redir=, or of pci=config_acs= where with_flags, names
 * the function. A list counts up to its first mistake: pci_dev_str_match() and __pci_config_acs()
 * of drivers/pci/pci.c.
 */
bool acs_list_names(const char *list, bool with_flags, const struct pci_function *function);

/* Returns whether a list of pci=config_acs= clears a bit that isolates, of any function. */
bool acs_list_lowers(const char *list);

/* Returns whether the host's kernel knows pci=config_acs= (6.11 and later). */
enum acs_support { ACS_SUPPORT_UNKNOWN, ACS_SUPPORT_NO, ACS_SUPPORT_YES };
enum acs_support acs_knows_config_acs(const struct host *host);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_TEXT_PARTS_H
#define PASSCHECK_REPORT_AUDIT_TEXT_PARTS_H

#include "report/audit/audit.h"
#include "report/audit/summary.h"
#include "report/names.h"
#include "report/write/text.h"

/* What an audit's text is made of. */

/*
 * Writes two or three lines: what the host, its functions and what is required of them come to; of
 * functions that were asked for first. The counts are those of the summary
 * (report/audit/summary.h).
 */
void text_headline(struct text *text, const struct audit *audit,
		   const struct audit_summary *summary);

/* Returns why functions are blocked, "in use by the host". */
const char *text_blocked_words(enum blocker_kind kind);

/* Writes what was required and whether it is met; nothing where nothing was. */
void text_requirements(struct text *text, const struct audit *audit);

/* Writes the IOMMUs and the memory that firmware reserves, each with its functions. */
void text_iommu(struct text *text, const struct model *model);

/*
 * Writes a line for each function that a guest could get, by what it is; the VFs of a PF in one
 * line. Verbose: for each VF and each bridge, too. Returns 0 or -ENOMEM.
 */
int text_functions(struct text *text, const struct audit *audit);

/* Writes a line for each function below its IOMMU group. Returns 0 or -ENOMEM. */
int text_groups(struct text *text, const struct audit *audit);

/* Writes what is known of one function that was asked for. */
void text_function(struct text *text, const struct model *model, struct names *names,
		   const struct pci_function *function);

/* Writes how many VFs a PF can give, and what limits them; nothing for what is no PF. */
void text_sriov(struct text *text, const struct model *model, const struct pci_function *function);

/* Writes a function's verdict with its reasons, and its cautions. */
void text_assignable(struct text *text, const struct model *model,
		     const struct pci_function *function);

/* Returns whether that writes a caution which the finding of that id explains, with that remedy or
 * one where remedy is NULL. */
bool text_tells_caution(const struct model *model, const struct pci_function *function,
			const char *finding, const char *remedy);

/* Writes the way from the root bus down to a function, its group, and how it is reset. */
void text_isolation(struct text *text, const struct model *model,
		    const struct pci_function *function);

/* What those ways say that a reader may not know. */
struct isolation_terms {
	bool isolates; /* the word stands there */
	uint16_t bits; /* of ACS, that are on */
};

/* Adds what the way to this function says. */
void text_isolation_note(const struct model *model, const struct pci_function *function,
			 struct isolation_terms *terms);

/* Writes what these terms mean; nothing where there are none. */
void text_isolation_legend(struct text *text, const struct isolation_terms *terms);

#endif

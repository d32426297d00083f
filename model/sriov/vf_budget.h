/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_VF_BUDGET_H
#define PASSCHECK_MODEL_SRIOV_VF_BUDGET_H

#include "model/sriov/vf_term.h"

struct vf_budgets {
	const struct host *host;
	struct vf_budget **budgets; /* by index in host->pci.functions; NULL: no PF, or not read */
};

/*
 * Computes the budget of every function whose SR-IOV capability was read, by the rules of
 * sriov_init(), sriov_enable() and sriov_numvfs_store() of drivers/pci/iov.c (6.1 to 7.3). Time is
 * linear in functions. Memory comes from arena; short memory marks it.
 */
void vf_budgets_build(const struct host *host, struct arena *arena, struct vf_budgets *ret);

/* Returns the budget of a function of the host, or NULL. */
const struct vf_budget *vf_budget_of(const struct vf_budgets *budgets,
				     const struct pci_function *function);

/* Returns whether every term is known as far as it matters: at_most is what the kernel accepts. */
bool vf_budget_exact(const struct vf_budget *budget);

/* Returns whether the PF can give count VFs. */
enum vf_answer { VF_ANSWER_NO, VF_ANSWER_UNKNOWN, VF_ANSWER_YES };
enum vf_answer vf_budget_allows(const struct vf_budget *budget, uint32_t count);

/* Returns the first term that keeps the budget from being exact, or NULL. */
const struct vf_term *vf_budget_missing(const struct vf_budget *budget);

/*
 * Returns why a PF never has count VFs, whatever is put right around it: its driver has a limit of
 * its own (struct vf_driver), which no option of it lifts; NULL where that allows as many. A clause
 * in memory of arena: "the driver igb allows 7". What its capability has is not asked.
 */
const char *vf_budget_refused_for_good(const struct vf_budget *budget, uint32_t count,
				       struct arena *arena);

/* Returns the budget as a clause in memory of arena: "7 of 8: igb allows 7", "at most 32: …". */
const char *vf_budget_summary(const struct vf_budget *budget, struct arena *arena);

/* VFs of a PF, of which the second tells how far apart they are. Begins zeroed. */
struct vf_span {
	size_t count;
	const struct pci_function *first, *second, *last;
};

/* Adds a VF; they come in the order of their numbers. */
void vf_span_add(struct vf_span *span, const struct pci_function *vf);

/*
 * Returns which VFs are meant, at least one: "A", "A, B", "A to Z", or "A, B to Z" where others may
 * lie between two of them (VF Stride, PCIe 6.0 section 9.3.3.10). Memory comes from arena; short
 * memory marks it.
 */
const char *vf_span_words(const struct vf_span *span, struct arena *arena);

#endif

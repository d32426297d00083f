/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGNABILITY_H
#define PASSCHECK_MODEL_ASSIGNABILITY_H

#include "host/host.h"

enum assignable_verdict {
	ASSIGNABLE,
	ASSIGNABLE_WITH, /* once the companions have left their host drivers */
	ASSIGNABLE_BLOCKED,
	ASSIGNABLE_UNDETERMINED,
	ASSIGNABLE_NOT_A_CANDIDATE,
};

/* A reason why a function cannot be given away, or why that cannot be told. */
struct blocker {
	const char *why;
	const struct fact *evidence; /* NULL where the reason is no single fact */
	struct blocker *next;
};

struct assignable {
	enum assignable_verdict verdict;
	const struct pci_function **companions; /* by address */
	size_t companion_count;
	struct blocker *blockers; /* where blocked */
	struct blocker *missing;  /* what is not known, where undetermined */
};

/*
 * Judges whether VFIO would give the function to a guest, by the rules of drivers/vfio/group.c,
 * drivers/vfio/pci/vfio_pci.c and drivers/iommu/iommu.c (field guide, pci.md, section 4). Memory
 * comes from arena; short memory marks it.
 */
struct assignable assignable_judge(const struct host *host, struct arena *arena,
				   const struct pci_function *function);

/* Returns "assignable", "assignable-with", "blocked", "undetermined" or "not-a-candidate". */
const char *assignable_verdict_name(enum assignable_verdict verdict);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_TWINS_H
#define PASSCHECK_MODEL_ASSIGN_TWINS_H

#include "host/host.h"

/* Which functions of a host have the same vendor and device: options and new_id of vfio-pci go by
 * these, and take all of them. */
struct twins {
	const struct pci *pci;
	const struct pci_function **sorted; /* by ids, of one pair in the host's order */
	size_t *first;                      /* by the index of a function: where its ids begin */
	size_t *counts;                     /* by the same: how many have them, 0 where unknown */
};

/* Functions of the same ids, one that was asked about among them, in the host's order. */
struct twin_list {
	const struct pci_function *const *functions;
	size_t count;
};

/* Sorts the functions of the host, in memory of arena; short memory marks it. */
void twins_build(const struct host *host, struct arena *arena, struct twins *ret);

/* Returns the functions of the same ids, in one step; none where the ids were not read. */
struct twin_list twins_of(const struct twins *twins, const struct pci_function *function);

#endif

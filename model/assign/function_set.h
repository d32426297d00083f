/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_FUNCTION_SET_H
#define PASSCHECK_MODEL_ASSIGN_FUNCTION_SET_H

#include "host/host.h"

/* Some of the functions of a host; to ask for one takes the same time however many there are. */
struct function_set {
	const struct pci *pci;
	bool *members; /* by the index of a function; NULL where memory was short: none */
	bool *parents; /* which are the PF of a member */
};

/* Makes an empty set in memory of arena; short memory marks it. */
void function_set_init(struct function_set *set, struct arena *arena, const struct host *host);

void function_set_add(struct function_set *set, const struct pci_function *function);

bool function_set_has(const struct function_set *set, const struct pci_function *function);

/* Returns whether a VF of the function is a member. */
bool function_set_has_vf_of(const struct function_set *set, const struct pci_function *function);

#endif

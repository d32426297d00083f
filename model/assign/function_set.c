/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/function_set.h"

void function_set_init(struct function_set *set, struct arena *arena, const struct host *host)
{
	size_t count = host->pci.count;
	bool *marks = arena_array(arena, 2 * (count + 1), sizeof(*marks));

	*set = (struct function_set){
		.pci = &host->pci,
		.members = marks,
		.parents = marks ? marks + count + 1 : NULL,
	};
}

void function_set_add(struct function_set *set, const struct pci_function *function)
{
	if (!set->members)
		return;
	set->members[function - set->pci->functions] = true;
	if (function->pf)
		set->parents[function->pf - set->pci->functions] = true;
}

bool function_set_has(const struct function_set *set, const struct pci_function *function)
{
	return set->members && set->members[function - set->pci->functions];
}

bool function_set_has_vf_of(const struct function_set *set, const struct pci_function *function)
{
	return set->parents && set->parents[function - set->pci->functions];
}

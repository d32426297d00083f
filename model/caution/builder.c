/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/caution/builder.h"

static void append(struct arena *arena, struct caution **list, const struct caution *caution)
{
	struct caution *copy = arena_alloc(arena, sizeof(*copy));

	if (!copy)
		return;
	*copy = *caution;
	while (*list)
		list = &(*list)->next;
	*list = copy;
}

static struct function_cautions *lists_of(const struct caution_builder *builder,
					  const struct pci_function *function)
{
	return &builder->cautions->lists[function - builder->host->pci.functions];
}

void caution_add(struct caution_builder *builder, const struct pci_function *function,
		 const struct caution *caution)
{
	append(builder->arena, &lists_of(builder, function)->known, caution);
}

void caution_add_unknown(struct caution_builder *builder, const struct pci_function *function,
			 const struct caution *caution)
{
	append(builder->arena, &lists_of(builder, function)->unknown, caution);
}

void caution_add_planned(struct caution_builder *builder, const struct pci_function *function,
			 const struct caution *caution)
{
	append(builder->arena, &lists_of(builder, function)->planned, caution);
}

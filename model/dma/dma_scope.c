/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/dma/dma_scope.h"

static bool is_pci_scope(const struct dmar_scope *scope)
{
	return scope->type == DMAR_SCOPE_ENDPOINT || scope->type == DMAR_SCOPE_BRIDGE;
}

static bool is_part(const struct dmar_path *part, const struct pci_function *function)
{
	return part->device == function->address.device &&
	       part->function == function->address.function;
}

static bool matches_from_root(const struct dmar_scope *scope, const struct pci_function *function)
{
	const struct pci_function *at = function;

	for (size_t i = scope->depth; i > 0; i--) {
		if (!at || !is_part(&scope->path[i - 1], at))
			return false;
		if (i > 1)
			at = at->parent;
	}
	return at->parent_state == FACT_ABSENT && at->address.bus == scope->start_bus;
}

bool dma_scope_names(const struct dmar_structure *structure, const struct dmar_scope *scope,
		     const struct pci_function *function)
{
	if (!is_pci_scope(scope) || scope->depth == 0 || pci_is_vf(function) ||
	    function->address.domain != structure->segment)
		return false;
	if (matches_from_root(scope, function))
		return true;
	return scope->depth == 1 && scope->start_bus == function->address.bus &&
	       is_part(&scope->path[0], function);
}

bool dma_scope_holds(const struct dmar_structure *structure, const struct pci_function *function)
{
	for (const struct pci_function *at = function; at; at = at->parent) {
		for (size_t i = 0; i < structure->scope_count; i++) {
			if (dma_scope_names(structure, &structure->scopes[i], at))
				return true;
		}
	}
	return false;
}

bool dma_scope_path_known(const struct pci_function *function)
{
	while (function->parent)
		function = function->parent;
	return function->parent_state == FACT_ABSENT;
}

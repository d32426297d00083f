/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_DMA_DMA_SCOPE_H
#define PASSCHECK_MODEL_DMA_DMA_SCOPE_H

#include "host/acpi/dmar.h"
#include "host/pci/pci.h"

/*
 * Returns whether the scope names that function, by the rules of dmar_match_pci_path() in
 * drivers/iommu/intel/dmar.c: the path from the root bus is the scope's, or, for a path of one
 * part, the bus that the function is on is the scope's start bus. Scopes name neither VFs nor
 * functions of another segment.
 */
bool dma_scope_names(const struct dmar_structure *structure, const struct dmar_scope *scope,
		     const struct pci_function *function);

/* Returns whether a scope of the structure names the function or a bridge above it. */
bool dma_scope_holds(const struct dmar_structure *structure, const struct pci_function *function);

/* Returns whether the bridges above the function are known up to the root bus. */
bool dma_scope_path_known(const struct pci_function *function);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_DMA_ALIAS_H
#define PASSCHECK_MODEL_DMA_ALIAS_H

#include "host/pci.h"

/* Whether a bridge takes the place of the functions below it as the requester of their DMA. */
enum bridge_alias { BRIDGE_ALIAS_UNKNOWN, BRIDGE_ALIAS_NO, BRIDGE_ALIAS_YES, BRIDGE_ALIAS_STOP };

/*
 * Judges a bridge on the way up, as pci_for_each_dma_alias() of drivers/pci/search.c does (6.1 to
 * 7.3). STOP: translation begins here, and nothing above counts.
 */
enum bridge_alias dma_alias_of_bridge(const struct pci_function *bridge);

/* Returns whether by a quirk the function also does DMA as another of its bus: then it may share
 * that one's group. */
bool dma_alias_has_quirk(const struct pci_function *function);

/* Returns whether by such a quirk the function does DMA as devfn of its bus:
 * quirk_dma_func0_alias() and the like of drivers/pci/quirks.c. */
bool dma_alias_covers(const struct pci_function *function, uint8_t devfn);

/* Returns whether the function's aliases stand in its own registers, which no config space shows
 * (Switchtec non-transparent bridges). */
bool dma_alias_is_hidden(const struct pci_function *function);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_DMA_ALIAS_H
#define PASSCHECK_MODEL_ISOLATION_DMA_ALIAS_H

#include "host/host.h"

/* Under which requester id the DMA of the functions below a bridge goes on upward. */
enum bridge_alias {
	BRIDGE_ALIAS_UNKNOWN,
	BRIDGE_ALIAS_NONE,      /* their own */
	BRIDGE_ALIAS_OWN,       /* the bridge's */
	BRIDGE_ALIAS_SECONDARY, /* 00.0 of the bridge's secondary bus */
	BRIDGE_ALIAS_STOP,      /* their own, and nothing above counts: translation begins here */
};

/*
 * Judges a bridge on the way up, as pci_for_each_dma_alias() of drivers/pci/search.c does (6.1 to
 * 7.3). The exemption of the ASPEED AST1150, which 7.3 has, is left out: as the bridge fails to
 * isolate, what is below it shares its group all the same.
 */
enum bridge_alias dma_alias_of_bridge(const struct pci_function *bridge);

/*
 * Returns whether the host's kernel knows a bridge to conventional PCI that does no DMA for what is
 * below it: ASPEED's AST1150, from 7.0 on (drivers/pci/quirks.c).
 */
bool dma_alias_is_dropped(const struct host *host, const struct pci_function *bridge);

/* Returns whether by a quirk the function also does DMA as another of its bus: then it may share
 * that one's group. */
bool dma_alias_has_quirk(const struct pci_function *function);

/* Returns whether by such a quirk the function does DMA as devfn of its bus:
 * quirk_dma_func0_alias() and the like of drivers/pci/quirks.c. */
bool dma_alias_covers(const struct pci_function *function, uint8_t devfn);

/*
 * Returns whether it cannot be told of which functions the function does DMA: its ids were not
 * read, or the aliases stand in its own registers, which no config space shows (Switchtec
 * non-transparent bridges, quirk_switchtec_ntb_dma_alias()).
 */
bool dma_alias_is_hidden(const struct pci_function *function);

#endif

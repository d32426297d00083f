/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_ODD_WORDS_H
#define PASSCHECK_MODEL_BOOT_ODD_WORDS_H

#include "host/boot/cmdline.h"

/* Why a word of a list (intel_iommu=, amd_iommu=, iommu=, intremap=, pci=, pcie_ports=) does not do
 * what it says. */
enum odd_kind {
	TOKEN_INEXACT, /* taken for another, of which it begins with the name: "online" is "on" */
	TOKEN_IGNORED, /* no effect at all */
	TOKEN_UNREAD,  /* behind a word at which the kernel stops reading */
	TOKEN_MISSING, /* no "=" and no word: no effect at all */
};

struct odd_token {
	const struct cmdline_parameter *parameter;
	const char *token; /* "" where missing */
	enum odd_kind kind;
	/* The word that an inexact one is taken for; of an ignored one the word that differs from
	 * it in case alone, or NULL. */
	const char *taken_for;
};

/*
 * Finds them in the order of the command line of an x86 host. Returns their count. Sources: those
 * of kernel_parameters_build(), and pcie_port_setup() of drivers/pci/pcie/portdrv.c.
 */
size_t odd_tokens_find(const struct cmdline *cmdline, struct arena *arena, struct odd_token **ret);

/* Returns whether a word of pci= is one of x86 only: pcibios_setup() of arch/x86/pci/common.c. */
bool odd_token_is_x86(const char *word);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_KERNEL_PARAMETERS_H
#define PASSCHECK_MODEL_KERNEL_PARAMETERS_H

#include "host/cmdline.h"

/* What a parameter was set to, and by which argument: the one that the kernel obeys. */
enum switch_state { SWITCH_UNSET, SWITCH_ON, SWITCH_OFF };

struct kernel_switch {
	enum switch_state state;
	const struct cmdline_parameter *decided_by; /* NULL where unset */
};

/* The effect of the whole command line, by the kernel's precedence. */
struct kernel_parameters {
	struct kernel_switch intel_iommu;         /* intel_iommu=on, off */
	struct kernel_switch amd_iommu;           /* amd_iommu=off */
	struct kernel_switch iommu;               /* iommu=off: nothing turns it on again */
	struct kernel_switch passthrough;         /* iommu=pt, nopt, iommu.passthrough= */
	struct kernel_switch interrupt_remapping; /* intremap=on, off; nointremap */
	struct kernel_switch source_id;           /* intremap=nosid */
	struct kernel_switch message_interrupts;  /* pci=nomsi */
	struct kernel_switch ats;                 /* pci=noats */
	struct kernel_switch realloc;             /* pci=realloc, realloc=off */
	const struct cmdline_parameter *acs_override;
	const struct cmdline_parameter *disable_acs_redir; /* the pci= argument that has it */
	const char *disable_acs_redir_list;                /* "pci:1b36:000c;…", NULL if unset */
	const struct cmdline_parameter *config_acs;
	const char *config_acs_list;
};

/*
 * Evaluates a command line. Sources: intel_iommu_setup() of drivers/iommu/intel/iommu.c,
 * parse_amd_iommu_options() of drivers/iommu/amd/init.c, iommu_setup() of
 * arch/x86/kernel/pci-dma.c, setup_irqremap() of drivers/iommu/irq_remapping.c, pci_setup() of
 * drivers/pci/pci.c. Strings lie in arena.
 */
void kernel_parameters_build(const struct cmdline *cmdline, struct arena *arena,
			     struct kernel_parameters *ret);

/* What one word of an intel_iommu=, amd_iommu= or iommu= list is to the kernel. */
enum token_kind {
	TOKEN_KNOWN,
	TOKEN_INEXACT, /* taken for another, of which it begins with the name: "online" is "on" */
	TOKEN_IGNORED, /* no effect at all */
};

/* A word of a list that has less effect than its writer expects. */
struct odd_token {
	const struct cmdline_parameter *parameter;
	const char *token;
	enum token_kind kind;
	const char *taken_for; /* of an inexact one */
};

/* Finds them in the order of the command line. Returns their count. */
size_t kernel_parameters_odd_tokens(const struct cmdline *cmdline, struct arena *arena,
				    struct odd_token **ret);

/* Returns the known name that name is a misspelling of (one edit away), or NULL. */
const char *kernel_parameter_meant(const char *name);

/*
 * Returns whether passcheck knows the parameter, and so whether its value may be shown and
 * captured. Values of others may be secrets.
 */
bool kernel_parameter_known(const char *name);

#endif

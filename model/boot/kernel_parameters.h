/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_KERNEL_PARAMETERS_H
#define PASSCHECK_MODEL_BOOT_KERNEL_PARAMETERS_H

#include "host/boot/cmdline.h"

enum switch_state { SWITCH_UNSET, SWITCH_ON, SWITCH_OFF };

/* What a feature was set to, and by which argument: the last one, which is the one that the kernel
 * obeys. */
struct kernel_switch {
	enum switch_state state;
	const struct cmdline_parameter *decided_by; /* NULL where unset */
	const char *word;                           /* of its list: "off"; NULL where it has none */
	const struct cmdline_parameter *overruled;  /* an earlier one that said the opposite */
	const char *overruled_word;
};

/* The effect of the whole command line, by the kernel's precedence. */
struct kernel_parameters {
	struct kernel_switch acpi;                /* acpi=off: no firmware tables */
	struct kernel_switch intel_iommu;         /* intel_iommu=on, off */
	struct kernel_switch amd_iommu;           /* amd_iommu=off; there is no "on" */
	struct kernel_switch iommu;               /* iommu=off: nothing turns it on again */
	struct kernel_switch passthrough;         /* iommu=pt, nopt, iommu.passthrough= */
	struct kernel_switch page_table_v2;       /* amd_iommu=pgtbl_v2, pgtbl_v1 */
	struct kernel_switch interrupt_remapping; /* intremap=on, off; nointremap */
	struct kernel_switch io_apic;    /* noapic, nosmp: no interrupt remapping without it */
	struct kernel_switch local_apic; /* nolapic: no interrupt of an IOMMU's without it */
	struct kernel_switch gic_lpis;   /* irqchip.gicv3_nolpi: no ITS is used (Arm) */
	struct kernel_switch kvm_arm;    /* kvm-arm.mode=none: no KVM (Arm) */
	struct kernel_switch source_id;  /* intremap=nosid */
	struct kernel_switch pci;        /* pci=off, conf2: no function is found */
	struct kernel_switch message_interrupts; /* pci=nomsi */
	struct kernel_switch extended_config;    /* pci=nommconf, conf1 */
	struct kernel_switch ari;                /* pci=noari */
	struct kernel_switch ats;                /* pci=noats */
	struct kernel_switch pci_realloc;        /* pci=realloc, realloc=off */
	const struct cmdline_parameter *module_blacklist;
	const struct cmdline_parameter *acs_override;      /* the last one */
	const char *acs_override_list;                     /* the words of all; NULL if unset */
	const struct cmdline_parameter *relaxed_rmrr;      /* intel_iommu=relax_rmrr */
	const struct cmdline_parameter *disable_acs_redir; /* the pci= argument that has it */
	const char *disable_acs_redir_list;                /* "pci:1b36:000c;…", NULL if unset */
	const struct cmdline_parameter *config_acs;
	const char *config_acs_list;
};

/*
 * Evaluates a command line. Sources: intel_iommu_setup() of drivers/iommu/intel/iommu.c,
 * parse_amd_iommu_options() of drivers/iommu/amd/init.c, iommu_setup() of
 * arch/x86/kernel/pci-dma.c, setup_irqremap() of drivers/iommu/irq_remapping.c, pci_setup() of
 * drivers/pci/pci.c and pcibios_setup() of arch/x86/pci/common.c, enable_IR_x2apic() of
 * arch/x86/kernel/apic/apic.c, pci_direct_probe() of arch/x86/pci/direct.c, nosmp() of
 * kernel/smp.c, gicv3_nolpi_cfg() of drivers/irqchip/irq-gic-v3.c, early_kvm_mode_cfg() of
 * arch/arm64/kvm/arm.c. Strings lie in arena.
 */
void kernel_parameters_build(const struct cmdline *cmdline, struct arena *arena,
			     struct kernel_parameters *ret);

/* Returns whether two command lines set a switch to the opposite. */
bool kernel_parameters_oppose(const struct kernel_parameters *a, const struct kernel_parameters *b);

/* Returns whether other lacks a switch that parameter sets in the command line of, because it does
 * not say all that parameter says (kernel_parameter_is_on()). */
bool kernel_parameters_lose(const struct kernel_parameters *of,
			    const struct cmdline_parameter *parameter,
			    const struct kernel_parameters *other);

/*
 * Returns whether the kernel reads a parameter each time that it is on the command line, so that
 * the words of all of them add up: of intel_iommu=, amd_iommu=, iommu=, intremap=, pci= and
 * pcie_acs_override=, which are early_param() or __setup().
 */
bool kernel_parameter_adds_up(const struct cmdline_parameter *parameter);

/* Returns whether the command line says what the parameter says: it has that, or of one that adds
 * up all words that the kernel reads, of which an empty list has none. */
bool kernel_parameter_is_on(const struct cmdline *cmdline,
			    const struct cmdline_parameter *parameter);

/*
 * Returns whether module_blacklist= makes the kernel refuse a module, however it is asked for.
 * Names are compared as they stand, with "_": blacklisted() of kernel/module/main.c.
 */
bool kernel_parameters_refuse_module(const struct kernel_parameters *parameters,
				     const char *module);

/* Returns whether the kernel reads no further in a parameter's list than this word:
 * iommu=usedac (iommu_setup() of arch/x86/kernel/pci-dma.c). */
bool kernel_parameter_ends_list(const struct cmdline_parameter *parameter, const char *word);

/*
 * Returns the parameter of this field that name is a misspelling of, or NULL: one edit away, two
 * where the name is long, of another case, or with a sign behind it ("intel_iommu:on").
 */
const char *kernel_parameter_meant(const char *name);

/* Returns whether a word is of the form VENDOR:DEVICE, as stray ones of ids= are. */
bool kernel_parameter_is_id(const char *name);

/*
 * Returns whether passcheck knows the parameter, and so whether its value may be shown and
 * captured. Values of others may be secrets.
 */
bool kernel_parameter_known(const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_INTERRUPTS_H
#define PASSCHECK_HOST_SYSTEM_INTERRUPTS_H

#include "host/access/root.h"

enum { INTERRUPTS_MOST_PLAIN = 8 };

/* A line of /proc/interrupts that is no MSI. */
struct interrupt_line {
	unsigned long number;
	const char *handlers; /* "ehci_hcd:usb1, i801_smbus"; "": nobody has it */
};

/*
 * The interrupt chips in use, which tell whether interrupts are remapped (field guide, platform.md,
 * section 7), or isolated by Arm's ITS. The IOMMU's own interrupt counts as neither: it goes by
 * DMAR-MSI, IOMMU-MSI, or, with AMD-Vi, by a PCI-MSI that is never remapped.
 */
struct interrupts {
	/* Of /proc/interrupts, or of /sys/kernel/irq where that one was not read. */
	struct fact fact;
	/* The first chip seen that begins "IR-", or on Arm of an ITS, or NULL. */
	const char *remapped_chip;
	/* The first IO-APIC or PCI-MSI[X] chip without it, or on Arm one of no ITS, or NULL. */
	const char *plain_chip;
	/* The different ones without it, as they came: since 6.2 each function has chips of its
	 * own, as PCI-MSIX-0000:01:00.0. */
	const char *plain_chips[INTERRUPTS_MOST_PLAIN];
	size_t plain_count;
	bool more_plain; /* there are more of them */
	/* Of /proc/interrupts alone, by number. */
	struct fact lines_fact;
	struct interrupt_line *lines;
	size_t line_count;
};

void interrupts_load(struct root *root, struct arena *arena, struct interrupts *ret);

/* Parses the text of /proc/interrupts. */
void interrupts_parse(struct arena *arena, const struct fact_text *text, struct interrupts *ret);

/* Returns who has the line of that number, "" for nobody; NULL where lines_fact is not known. */
const char *interrupts_handlers(const struct interrupts *interrupts, unsigned long number);

#endif

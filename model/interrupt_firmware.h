/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_INTERRUPT_FIRMWARE_H
#define PASSCHECK_MODEL_INTERRUPT_FIRMWARE_H

#include "host/acpi/madt.h"
#include "model/dma/dma_units.h"
#include "model/platform.h"

/* Whether the kernel can remap interrupts, by firmware's tables. */
enum interrupt_offer {
	INTERRUPT_OFFER_UNKNOWN, /* not read in full, or the command line replaces what they say */
	INTERRUPT_OFFER_MADE,
	INTERRUPT_OFFER_REFUSED, /* for one refusal at least */
};

enum interrupt_refusal_kind {
	INTERRUPT_REFUSAL_TABLE,         /* the kernel gives up on the table */
	INTERRUPT_REFUSAL_FLAG,          /* the DMAR's flag is clear */
	INTERRUPT_REFUSAL_UNIT,          /* a VT-d unit without ECAP.IR */
	INTERRUPT_REFUSAL_IOAPIC,        /* one that the table names no IOMMU for */
	INTERRUPT_REFUSAL_NO_SOUTHBRIDGE /* the IVRS maps no IOAPIC to it */
};

/* Why the kernel remaps no interrupt. */
struct interrupt_refusal {
	enum interrupt_refusal_kind kind;
	const struct fact *fact;      /* that shows it: the table, or the unit's ECAP */
	const struct dma_unit *unit;  /* that cannot; NULL unless a unit is why */
	uint64_t extended_capability; /* of that unit */
	/* Not in the table; where no southbridge is found, the one of interrupt 0, else the first.
	 */
	struct madt_ioapic ioapic;
};

struct interrupt_firmware {
	enum interrupt_offer offer;
	struct interrupt_refusal *refusals;
	size_t refusal_count;
	size_t ioapic_count; /* of the MADT, as far as it was read */
};

/*
 * Judges the table of the host's platform, DMAR or IVRS, against the IOAPICs of the MADT. A VT-d
 * unit whose registers are not shown is taken to be able. Memory comes from arena; short memory
 * marks it. Sources: intel_prepare_irq_remapping() and parse_ioapics_under_ir() of
 * drivers/iommu/intel/irq_remapping.c, check_ioapic_information() of drivers/iommu/amd/init.c.
 */
void interrupt_firmware_build(const struct host *host, enum platform platform,
			      const struct dma_units *units, struct arena *arena,
			      struct interrupt_firmware *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACPI_MADT_H
#define PASSCHECK_HOST_ACPI_MADT_H

#include "host/acpi/acpi.h"

/* An IOAPIC of the MADT (ACPI 6.5, section 5.2.12.3). */
struct madt_ioapic {
	uint8_t id;
	uint32_t address;        /* physical */
	uint32_t interrupt_base; /* its first global system interrupt */
};

/* There are as many at most as ids. */
enum { MADT_MOST_IOAPICS = 256 };

struct madt {
	struct acpi_header header;
	bool intact;   /* signature and length hold: the members below are decoded */
	bool complete; /* the list of entries was walked to its end */
	struct madt_ioapic ioapics[MADT_MOST_IOAPICS];
	size_t count;
	size_t gic_msi_frames; /* Arm: GICv2m frames (section 5.2.12.16) */
	size_t gic_its;        /* Arm: interrupt translation services (section 5.2.12.18) */
};

/* Decodes the IOAPICs, and counts the parts of Arm's GIC, of a table of length bytes. Returns 0, or
 * -EBADMSG where fewer bytes than an ACPI header were read. */
int madt_decode(const uint8_t *bytes, size_t length, struct madt *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_IOAPICS_H
#define PASSCHECK_MODEL_IOAPICS_H

#include "host/acpi/ivrs.h"
#include "host/acpi/madt.h"
#include "host/boot/boolean.h"
#include "host/host.h"

/*
 * The IOAPICs of the MADT, and what the IVRS and the command line say of them:
 * check_ioapic_information() of drivers/iommu/amd/init.c.
 */

/* Decodes the host's MADT. Returns whether it was read in full. */
bool ioapics_read(const struct host *host, struct madt *ret);

/* Returns the first entry of the IVRS for an IOAPIC (get_ioapic_devid()), or NULL. */
const struct ivrs_entry *ioapic_find_entry(const struct ivrs *ivrs, uint8_t id);

/*
 * Returns whether an entry maps an IOAPIC to what the host's kernel takes for the southbridge: up
 * to 7.2 function 00:14.0, from 7.3 on, for the IOAPIC of interrupt 0, an SMBus controller or ISA
 * bridge by its class.
 */
enum boolean ioapic_is_southbridge(const struct host *host, const struct madt_ioapic *ioapic,
				   const struct ivrs_entry *entry);

/* Returns whether the command line names IOAPICs, and so replaces what the IVRS says of them. */
bool ioapics_by_command_line(const struct cmdline *cmdline);

/* Returns the word of the command line that maps an IOAPIC where the IVRS does not, in the form
 * that the host's kernel takes; of one that is not the southbridge's, with what to fill in. */
const char *ioapic_word(const struct host *host, const struct madt_ioapic *ioapic,
			struct arena *arena);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/ioapics.h"

#include <pci/header.h>

#include "host/base/affix.h"

enum { SOUTHBRIDGE = 0x14 << 3 }; /* 00:14.0: IOAPIC_SB_DEVID */

bool ioapics_read(const struct host *host, struct madt *ret)
{
	const struct fact_text *text = &host->acpi.madt;

	return fact_known(&text->fact) &&
	       madt_decode((const uint8_t *)text->text, text->length, ret) == 0 && ret->complete;
}

const struct ivrs_entry *ioapic_find_entry(const struct ivrs *ivrs, uint8_t id)
{
	for (size_t i = 0; i < ivrs->count; i++) {
		const struct ivrs_block *block = &ivrs->blocks[i];
		for (size_t e = 0; block->chosen && e < block->entry_count; e++) {
			const struct ivrs_entry *entry = &block->entries[e];
			if (entry->type == IVRS_ENTRY_SPECIAL &&
			    entry->variety == IVRS_SPECIAL_IOAPIC && entry->handle == id)
				return entry;
		}
	}
	return NULL;
}

static bool is_southbridge_class(const struct pci_function *function)
{
	int class_code = function ? pci_class(function) : -1;

	return class_code == PCI_CLASS_SERIAL_SMBUS || class_code == PCI_CLASS_BRIDGE_ISA;
}

/* A function that is not there, of a list that was read, is no southbridge. */
static bool is_class_unread(const struct host *host, const struct pci_function *function)
{
	return function ? pci_class(function) < 0 : !fact_known(&host->pci.fact);
}

enum boolean ioapic_is_southbridge(const struct host *host, const struct madt_ioapic *ioapic,
				   const struct ivrs_entry *entry)
{
	const struct pci_address address = {
		.bus = (uint8_t)(entry->alias >> 8),
		.device = entry->alias >> 3 & 0x1f,
		.function = entry->alias & 7,
	};
	const struct pci_function *function = pci_find(&host->pci, &address);
	bool by_address = entry->alias == SOUTHBRIDGE;
	bool first = ioapic->interrupt_base == 0;
	bool by_class = first && is_southbridge_class(function);
	bool unread = first && is_class_unread(host, function);
	struct kernel_version version;
	bool told = host_kernel_version(host, &version);

	if (told && !kernel_at_least(&version, 7, 3))
		return by_address ? BOOLEAN_YES : BOOLEAN_NO;
	if (unread)
		return BOOLEAN_UNKNOWN;
	if (told || by_address == by_class)
		return by_class ? BOOLEAN_YES : BOOLEAN_NO;
	return BOOLEAN_UNKNOWN;
}

bool ioapics_by_command_line(const struct cmdline *cmdline)
{
	/* The name of older forms has the id in brackets: "ivrs_ioapic[4]". */
	for (size_t i = 0; i < cmdline->count; i++) {
		if (begins_with(cmdline->parameters[i].name, "ivrs_ioapic"))
			return true;
	}
	return false;
}

/* The function that the kernel would take for the southbridge, 00:14.0 where none is seen. */
static struct pci_address southbridge_of(const struct host *host)
{
	const struct pci_address usual = {.device = 0x14};
	const struct pci_function *there = pci_find(&host->pci, &usual);

	for (size_t i = 0; !is_southbridge_class(there) && i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (function->address.domain == 0 && function->parent_state == FACT_ABSENT &&
		    is_southbridge_class(function))
			return function->address;
	}
	return usual;
}

const char *ioapic_word(const struct host *host, const struct madt_ioapic *ioapic,
			struct arena *arena)
{
	const struct pci_address at = southbridge_of(host);
	struct kernel_version version;
	bool brackets = host_kernel_version(host, &version) && !kernel_at_least(&version, 6, 2);
	const char *where =
		ioapic->interrupt_base == 0
			? arena_printf(arena, "%02x:%02x.%x", at.bus, at.device, at.function)
			: "BUS:DEVICE.FUNCTION";

	return brackets ? arena_printf(arena, "ivrs_ioapic[%u]=%s", ioapic->id, where)
			: arena_printf(arena, "ivrs_ioapic=%u@%s", ioapic->id, where);
}

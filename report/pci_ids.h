/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_PCI_IDS_H
#define PASSCHECK_REPORT_PCI_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pci_ids_entry;

/*
 * Where the names of vendors and devices stand in a text of the form of pci.ids. Classes and
 * subsystems are passed over. Lines that are not of that form are, too: libpci gives up at the
 * first of them, and then knows no name at all.
 */
struct pci_ids {
	const char *text;
	size_t length;
	struct pci_ids_entry *entries; /* by id, the first of several first */
	size_t count;
	size_t capacity;
	bool unsorted; /* an entry stands behind one of a higher key */
};

/* A name of a list, in its text: it does not end with a NUL. */
struct pci_ids_name {
	const char *text;
	size_t length;
};

/* Indexes length bytes of text, which must outlive the index, in one walk. Returns 0, and the
 * caller frees with pci_ids_free(), or -ENOMEM. */
int pci_ids_index(struct pci_ids *ids, const char *text, size_t length);
void pci_ids_free(struct pci_ids *ids);

/* Return the name of a vendor, and of a device of that vendor; its text is NULL where none is
 * listed. */
struct pci_ids_name pci_ids_vendor(const struct pci_ids *ids, uint16_t vendor);
struct pci_ids_name pci_ids_device(const struct pci_ids *ids, uint16_t vendor, uint16_t device);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_PCI_IDS_H
#define PASSCHECK_REPORT_PCI_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pci_ids_entry;

enum { PCI_IDS_FEW = 16 };

/* Where names stand: of one vendor and its devices, or of all. */
struct pci_ids_index {
	struct pci_ids_entry *entries; /* by id, the first of several first */
	size_t count;
	size_t capacity;
	bool unsorted; /* an entry stands behind one of a higher key */
};

/*
 * The names of vendors and devices in a text of the form of pci.ids. Classes and subsystems are
 * passed over. Lines that are not of that form are, too: libpci gives up at the first of them, and
 * then knows no name at all.
 *
 * A vendor is searched for as in a sorted list, which pci.ids is, and what stands below it is
 * indexed. Where none is found so, or more than a few vendors are asked for, all are indexed.
 */
struct pci_ids {
	const char *text;
	size_t length;
	struct pci_ids_index vendors[PCI_IDS_FEW];
	size_t vendor_count;
	struct pci_ids_index all;
	bool has_all; /* all are indexed */
};

/* A name of a list, in its text: it does not end with a NUL. */
struct pci_ids_name {
	const char *text;
	size_t length;
};

/* Prepares look-ups in length bytes of text, which must outlive ids. The caller frees with
 * pci_ids_free(). */
void pci_ids_open(struct pci_ids *ids, const char *text, size_t length);
void pci_ids_free(struct pci_ids *ids);

/* Return the name of a vendor, and of a device of that vendor; its text is NULL where none is
 * listed, or memory is short. */
struct pci_ids_name pci_ids_vendor(struct pci_ids *ids, uint16_t vendor);
struct pci_ids_name pci_ids_device(struct pci_ids *ids, uint16_t vendor, uint16_t device);

#endif

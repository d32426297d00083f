/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_PCI_ADDRESS_H
#define PASSCHECK_HOST_PCI_PCI_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* DDDD:BB:DD.F. Domains exceed 16 bits below a VMD (10000 and up). */
struct pci_address {
	uint32_t domain;
	uint8_t bus;
	uint8_t device;   /* 0 to 31 */
	uint8_t function; /* 0 to 7; with ARI device<<3 | function is one number of 8 bits */
};

/* Domains from here on are those of VMD endpoints: vmd_find_free_domain() of
 * drivers/pci/controller/vmd.c. A domain of ACPI has 16 bits. */
enum { PCI_FIRST_VMD_DOMAIN = 0x10000 };

/* Room for an address as text, with its NUL. */
enum { PCI_ADDRESS_SIZE = sizeof("ffffffff:ff:1f.7") };

/* Parses "DDDD:BB:DD.F", hex, a domain of 4 to 8 digits. Returns 0 or -EINVAL. */
int pci_address_parse(const char *text, struct pci_address *ret);

/*
 * Finds the next address in text of length bytes, from *offset on: "DDDD:BB:DD.F", or "BB:DD.F" in
 * the domain 0000, and not as a part of something longer: no hex digit, ':' or '.' stands before or
 * behind it. Returns false where none is left; else *offset is behind it.
 */
bool pci_address_next(const char *text, size_t length, size_t *offset, struct pci_address *ret);

/* Writes address as the kernel spells it ("%04x:%02x:%02x.%x"). */
void pci_address_format(const struct pci_address *address, char text[static PCI_ADDRESS_SIZE]);

/* Orders by domain, bus, device, function, as strcmp() does. */
int pci_address_compare(const struct pci_address *a, const struct pci_address *b);

/* Returns device<<3 | function, the low byte of the requester id. */
uint8_t pci_devfn(const struct pci_address *address);

/* Returns bus<<8 | devfn, the requester id within its segment. */
uint16_t pci_requester_id(const struct pci_address *address);

/* Returns the address of a requester id. */
struct pci_address pci_address_of(uint32_t domain, uint16_t requester_id);

#endif

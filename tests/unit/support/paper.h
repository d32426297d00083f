/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_PAPER_H
#define PASSCHECK_TESTS_SUPPORT_PAPER_H

#include "model/model.h"

/* A host on paper: facts that a test writes, and what is concluded of them. */
struct paper {
	struct arena *arena;
	struct host host;
	struct model model; /* each engine's part: built by it, or said by the test */
};

/* The PCI_EXP_TYPE_* of linux/pci_regs.h. */
enum {
	EXPRESS_ENDPOINT = 0,
	EXPRESS_LEGACY_ENDPOINT = 1,
	EXPRESS_ROOT_PORT = 4,
	EXPRESS_UPSTREAM_PORT = 5,
	EXPRESS_DOWNSTREAM_PORT = 6,
	EXPRESS_TO_PCI_BRIDGE = 7,
	EXPRESS_FROM_PCI_BRIDGE = 8,
	EXPRESS_INTEGRATED_ENDPOINT = 9,
	EXPRESS_EVENT_COLLECTOR = 10,
	EXPRESS_RESERVED = 15,
};

/*
 * For cmocka: an Intel host with Linux 6.1 that remaps interrupts, and has no function, no ACPI
 * table, no IOMMU that runs and no group. Each function that is added is said to be assignable.
 */
int paper_setup(void **state);
int paper_teardown(void **state);

/* Makes the host what it was set up as, for the next row of a table. */
void paper_reset(struct paper *paper);

/* A host of which nothing was read, in memory of arena. */
struct host *unread_host(struct arena *arena);

void paper_kernel(struct paper *paper, const char *release);
void paper_command_line(struct paper *paper, const char *text);
void paper_kconfig(struct paper *paper, const char *text);

/*
 * Adds a conventional single function 1234:5678, on a root bus where parent is NULL, below it
 * otherwise. Functions come in the order of their addresses.
 */
struct pci_function *add_function(struct paper *paper, const char *name,
				  struct pci_function *parent);

/* Adds a PCI Express function of that type, a bridge where the type is one. */
struct pci_function *add_express(struct paper *paper, const char *name, struct pci_function *parent,
				 unsigned type);

/* Adds a device on a root bus in an IOMMU group, held by a driver (NULL: none), that can reset
 * itself and is no network adapter. Its device id is its number on the host, from 1. */
struct pci_function *add_device(struct paper *paper, const char *name, uint32_t group,
				const char *driver);

void make_bridge(struct pci_function *function);
void make_express(struct pci_function *function, unsigned type);
void make_multifunction(struct pci_function *function);
void make_vf(struct pci_function *function, struct pci_function *pf);
void set_ids(struct pci_function *function, uint16_t vendor, uint16_t device);
void set_class(struct pci_function *function, uint32_t class_code);
void set_driver(struct pci_function *function, const char *driver);
void set_group(struct pci_function *function, uint32_t group);

/* Gives the function an ACS capability, its extended one. */
void set_acs(struct pci_function *function, uint16_t supported, uint16_t enabled);

/* Writes a little-endian dword. */
void set_config32(struct pci_function *function, size_t offset, uint32_t value);

/* Settles the function's PCI Express type again, where a test gave it another config space. */
void settle_type(struct pci_function *function);

/* Leaves of config space what a reader without CAP_SYS_ADMIN gets. */
void hide_capabilities(struct pci_function *function);

/* Gives the host a running unit, of which the facts are absent. */
struct iommu_unit *add_unit(struct paper *paper, const char *name, enum iommu_kind kind);

/* Says that the kernel translates the function by the unit of that name. */
void set_unit(struct pci_function *function, const char *name);

/* Gives the host a group of functions (names apart by spaces) with these reserved_regions; NULL for
 * a list that was not read. */
struct iommu_group *add_group(struct paper *paper, uint32_t id, const char *names,
			      const char *reserved_regions);

/* Gives the host groups of the kernel, each a line of names, and an IOMMU that runs. */
void add_groups(struct paper *paper, const char *const *lines, size_t count);

/* Say that a function goes only with a companion, or that it cannot go or it is not known. */
void say_companion(struct paper *paper, const struct pci_function *function,
		   const struct pci_function *companion);
void say_verdict(struct paper *paper, const struct pci_function *function,
		 enum assignable_verdict verdict, enum blocker_kind kind, const char *why);

/* Says what the host itself uses a function for. */
void say_host_use(struct paper *paper, const struct pci_function *function,
		  const struct host_use *use);

/* Says that a function has one caution, or, not known, that this was not read. */
void say_caution(struct paper *paper, const struct pci_function *function, bool known,
		 struct caution *caution);

#endif

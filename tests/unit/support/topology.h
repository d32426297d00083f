/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_TOPOLOGY_H
#define PASSCHECK_TESTS_SUPPORT_TOPOLOGY_H

#include "host/host.h"
#include "model/isolation/isolation.h"

/* A host of PCI functions whose config spaces a test writes. */
struct topology {
	struct arena *arena;
	struct host host;
	struct kernel_parameters parameters;
	struct dma_units units;
	struct isolation isolation;
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

/* For cmocka: an empty host with kernel 6.1, its IOMMU off. */
int topology_setup(void **state);
int topology_teardown(void **state);

/* Says that the IOMMU runs. */
void topology_translate(struct topology *topology);

void topology_kernel(struct topology *topology, const char *release);
void topology_command_line(struct topology *topology, const char *text);

/*
 * Adds a conventional single function 1234:5678, on a root bus where parent is NULL, below it
 * otherwise. Functions come in the order of their addresses.
 */
struct pci_function *add_function(struct topology *topology, const char *name,
				  struct pci_function *parent);

/* Adds a PCI Express function of that type, a bridge where the type is one. */
struct pci_function *add_express(struct topology *topology, const char *name,
				 struct pci_function *parent, unsigned type);

void make_bridge(struct pci_function *function);
void make_express(struct pci_function *function, unsigned type);
void make_multifunction(struct pci_function *function);
void make_vf(struct pci_function *function, struct pci_function *pf);
void set_ids(struct pci_function *function, uint16_t vendor, uint16_t device);
void set_class(struct pci_function *function, uint32_t class_code);
void set_driver(struct pci_function *function, const char *driver);
void set_group(struct pci_function *function, uint32_t group);

/* Gives the host groups of the kernel, each a line of names, and an IOMMU that runs. */
void topology_groups(struct topology *topology, const char *const *lines, size_t count);

/* Computes the groups, as expect_group() does. */
void topology_predict(struct topology *topology);

/* Gives the function an ACS capability, its extended one. */
void set_acs(struct pci_function *function, uint16_t supported, uint16_t enabled);

/* Writes a little-endian dword. */
void set_config32(struct pci_function *function, size_t offset, uint32_t value);

/* Leaves of config space what a reader without CAP_SYS_ADMIN gets. */
void hide_capabilities(struct pci_function *function);

/* Fails the test unless the first function's predicted group are the names, apart by spaces. */
void expect_group(struct topology *topology, const char *names);

/* Fails the test unless the prediction for function is unknown. */
void expect_no_prediction(struct topology *topology, const struct pci_function *function);

#endif

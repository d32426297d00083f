/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_PCIE_H
#define PASSCHECK_MODEL_PCIE_H

#include "host/pci/pci.h"

/* Whether the kernel takes a function for one of several of a device. */
enum pcie_multifunction { MULTIFUNCTION_UNKNOWN, MULTIFUNCTION_NO, MULTIFUNCTION_YES };

/*
 * By its own header's bit 7, or because it was found at a function number above 0
 * (pci_scan_slot()). A VF never is (pci_iov_add_virtfn()).
 */
enum pcie_multifunction pcie_multifunction_of(const struct pci_function *function);

/*
 * Returns whether a function is a bridge, which stays with the host. vfio-pci takes only what has
 * the header of an endpoint (vfio_pci_core_register_device()). Host bridges and those to a legacy
 * bus have that header too, and the machine depends on them. Other bridges with it (class 0680:
 * non-transparent bridges, NVSwitch) are endpoints like any other. Where the header was not read,
 * the class tells.
 */
bool pcie_is_bridge(const struct pci_function *function);

/*
 * Returns whether the port above the function is seen not to forward ARI now: of its bus it then
 * reaches device 0 alone (PCI Express 6.0, section 6.13). False where the port was not read.
 */
bool pcie_lacks_ari_forwarding(const struct pci_function *function);

/* How a port stands to ARI forwarding (Device Capabilities 2 and Control 2). The kernel switches it
 * on where function 0 below has ARI, whatever firmware left there: pci_configure_ari(). */
enum pcie_ari { PCIE_ARI_UNKNOWN, PCIE_ARI_NONE, PCIE_ARI_OFF, PCIE_ARI_ON, PCIE_ARI_COUNT };

/* Returns how a port stands to it; unknown where its registers were not read. */
enum pcie_ari pcie_ari_of(const struct pci_function *port);

/* Returns "has no ARI forwarding", "has ARI forwarding, which is off" or the like; NULL: unknown.
 */
const char *pcie_ari_words(const struct pci_function *port);

/* Of Slot Capabilities: PCI Express Base Specification 6.0, 7.5.3.9. */
enum { PCIE_SLOT_SURPRISE = 0x20, PCIE_SLOT_HOTPLUG = 0x40 };

/* Reads a port's Slot Capabilities; 0 where it has no slot. Returns whether it could be told. */
bool pcie_read_slot(const struct pci_function *port, uint32_t *ret);

/* Returns the nearest port above the function whose slot is seen to be hot-plug capable, or NULL.
 */
const struct pci_function *pcie_hotplug_port(const struct pci_function *function);

/* Returns whether two functions are on the same bus. */
bool pcie_same_bus(const struct pci_function *a, const struct pci_function *b);

/* Returns whether two functions are of one device: those of a slot are; a VF is a device of its
 * own.
 */
bool pcie_same_device(const struct pci_function *a, const struct pci_function *b);

/* Returns the first function of a function's device, itself if none is before it. */
const struct pci_function *pcie_first_of_device(const struct pci *pci,
						const struct pci_function *function);

#endif

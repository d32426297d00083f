/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_PCIE_TYPE_H
#define PASSCHECK_HOST_PCI_PCIE_TYPE_H

#include "host/pci/config.h"

/* What a function is in the PCI Express hierarchy, as the kernel sees it. */
enum pcie_type {
	PCIE_UNKNOWN, /* the capability could not be read */
	PCIE_NONE,    /* conventional PCI */
	PCIE_ENDPOINT,
	PCIE_LEGACY_ENDPOINT,
	PCIE_ROOT_PORT,
	PCIE_UPSTREAM_PORT,
	PCIE_DOWNSTREAM_PORT,
	PCIE_TO_PCI_BRIDGE,
	PCI_TO_PCIE_BRIDGE,
	PCIE_INTEGRATED_ENDPOINT,
	PCIE_EVENT_COLLECTOR,
	PCIE_RESERVED, /* a type that the specification does not name */
};

enum { PCIE_TYPE_COUNT = PCIE_RESERVED + 1 };

/*
 * Returns the type of a function below a bridge of type above (PCIE_UNKNOWN: below none) by its
 * capability, corrected as set_pcie_port_type() of drivers/pci/probe.c (6.1) corrects what ports
 * claim: one below a port that faces down faces up, and the reverse.
 */
enum pcie_type pcie_type_below(enum pcie_type above, const struct config_space *config);

/* Returns whether a link leads down from a port of that type: pcie_downstream_port() of
 * linux/pci.h. */
bool pcie_faces_down(enum pcie_type type);

/* Returns "root-port", "endpoint" and the like; NULL where a function has no type that is known. */
const char *pcie_type_name(enum pcie_type type);

#endif

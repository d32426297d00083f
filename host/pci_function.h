/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PCI_FUNCTION_H
#define PASSCHECK_HOST_PCI_FUNCTION_H

#include "host/pci.h"

/*
 * Reads the attributes in the folder function->path; the address, name and path are the caller's.
 * An attribute that functions of its kind do not have is absent, and is not asked for. Of a VF,
 * what the kernel takes from its PF is taken from the one in pci, which was read before.
 */
void pci_function_read(struct root *root, struct arena *arena, const struct pci *pci,
		       struct pci_function *function);

#endif

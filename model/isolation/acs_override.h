/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ACS_OVERRIDE_H
#define PASSCHECK_MODEL_ISOLATION_ACS_OVERRIDE_H

#include "host/pci/pci_function.h"

/*
 * Returns whether pcie_acs_override=VALUE makes a kernel that has the patch take the function for
 * one that isolates: words downstream, multifunction, id:VENDOR:DEVICE. Neither conventional
 * functions nor those with an ACS capability are concerned. Source: pcie_acs_overrides() of the
 * patch "pci: Enable overrides for missing ACS capabilities" (lkml.org/lkml/2013/5/30/513).
 */
bool acs_override_covers(const char *value, const struct pci_function *function);

#endif

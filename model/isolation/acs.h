/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ACS_H
#define PASSCHECK_MODEL_ISOLATION_ACS_H

#include "model/isolation/acs_bits.h"

/*
 * Judges a function as pci_acs_enabled() of drivers/pci/pci.c does (6.1 to 7.3): the quirk table
 * first, then by port type and registers. Unknown where a register that matters was not read.
 */
struct acs acs_judge(const struct acs_context *context, const struct pci_function *function);

#endif

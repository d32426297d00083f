/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ACS_QUIRKS_H
#define PASSCHECK_MODEL_ISOLATION_ACS_QUIRKS_H

#include "model/isolation/acs_bits.h"

/*
 * Looks the function up in pci_dev_acs_enabled[] of drivers/pci/quirks.c (6.1 to 7.3, where it is
 * the same). Returns whether an entry applies, and its verdict.
 */
bool acs_quirk(const struct acs_context *context, const struct pci_function *function,
	       struct acs *ret);

#endif

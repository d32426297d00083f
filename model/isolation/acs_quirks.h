/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_ACS_QUIRKS_H
#define PASSCHECK_MODEL_ISOLATION_ACS_QUIRKS_H

#include "model/isolation/acs_bits.h"

enum acs_quirk_state {
	ACS_QUIRK_NONE,
	ACS_QUIRK_APPLIES,
	ACS_QUIRK_LATE, /* an entry that newer kernels have, and this one may lack */
};

/*
 * Looks the function up in pci_dev_acs_enabled[] of drivers/pci/quirks.c (6.1 to 7.3). Returns
 * whether an entry applies, and its verdict, which is unknown for a late one.
 */
enum acs_quirk_state acs_quirk(const struct acs_context *context,
			       const struct pci_function *function, struct acs *ret);

#endif

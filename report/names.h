/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_NAMES_H
#define PASSCHECK_REPORT_NAMES_H

#include "host/base/arena.h"
#include "host/pci/pci.h"

/* The names of vendors and devices: pci.ids of the machine that passcheck runs on. */
struct names;

/* Returns the names, or NULL where memory is short; freed with names_close(). The list is read
 * when first asked; without one, no function has a name. */
struct names *names_open(void);
void names_close(struct names *names);

/* Returns "Vendor Device" in memory of arena, or NULL where that is not known or names is NULL. */
const char *names_find(struct names *names, struct arena *arena,
		       const struct pci_function *function);

/* The same with the vendor in short, for narrow columns: "AMD/ATI Navi 10 [Radeon RX 5600]". */
const char *names_find_short(struct names *names, struct arena *arena,
			     const struct pci_function *function);

#endif

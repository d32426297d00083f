/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_DOUBT_H
#define PASSCHECK_MODEL_ISOLATION_DOUBT_H

#include "model/isolation/builder.h"

/* Marks a function's group as one whose members cannot be known; why follows the function's name.
 */
void doubt_group(const struct builder *builder, const struct pci_function *function,
		 const char *why);

/*
 * Marks the groups whose members cannot be known, as evidence on a function is missing: who
 * isolates, who does DMA as whom, where a function is. Every function has been placed before.
 * Time is linear in functions, but for domains with several buses of functions whose place is
 * unknown: at most 256 walks over a domain.
 */
void doubt_groups(const struct builder *builder);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_HARDWARE_REMEDY_H
#define PASSCHECK_CHECKS_SUPPORT_HARDWARE_REMEDY_H

#include "checks/support/check.h"

/* Set the remedy for a fault of a function's hardware (model/assign/hardware_fault.h): what to try
 * first comes first, and what the host has already is said to have been in vain. */
void hardware_remedy_bar(const struct check_context *context, const struct pci_function *function,
			 struct finding *finding);
void hardware_remedy_unreachable(const struct check_context *context, struct finding *finding);
void hardware_remedy_vgpu(const struct pci_function *function, struct finding *finding);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_VERDICTS_H
#define PASSCHECK_CHECKS_SUPPORT_VERDICTS_H

#include "checks/support/finding.h"
#include "model/interrupts.h"

/*
 * Returns the verdict of what keeps interrupts from being remapped, for all checks that see it:
 * whoever tells VFIO not to mind has taken the decision, and is warned.
 */
enum finding_verdict verdict_without_remapping(const struct interrupt_remapping *interrupts);

#endif

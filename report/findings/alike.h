/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_ALIKE_H
#define PASSCHECK_REPORT_FINDINGS_ALIKE_H

#include "checks/support/finding.h"

/*
 * Returns for each piece of the finding's evidence whether an earlier one says the same. It is found
 * by sorting: there may be as many pieces as functions. NULL when memory is short, which marks the
 * arena.
 */
const bool *alike_evidence(struct arena *arena, const struct finding *finding);

#endif

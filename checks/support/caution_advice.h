/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_CAUTION_ADVICE_H
#define PASSCHECK_CHECKS_SUPPORT_CAUTION_ADVICE_H

#include "checks/support/finding.h"
#include "model/caution/caution.h"

/* Adds what a caution is known by, and what helps, to a finding of it. */
void finding_caution_advice(struct finding *finding, const struct caution *caution);

#endif

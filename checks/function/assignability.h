/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_FUNCTION_ASSIGNABILITY_H
#define PASSCHECK_CHECKS_FUNCTION_ASSIGNABILITY_H

#include "model/assign/assignability.h"

/* Returns the id of the finding that explains what keeps the function from a guest, and what
 * helps. Its subject is the function. */
const char *assignability_finding(const struct blocker *blocker);

#endif

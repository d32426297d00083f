/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_FUNCTIONS_H
#define PASSCHECK_CHECKS_SUPPORT_FUNCTIONS_H

#include "checks/support/check.h"

/*
 * Reports that a check found no function of the kind that it judges: with text as none, which is
 * not applicable; or as unread, which is unknown, where functions could not be listed, or where
 * doubt names a fact that would have told. Returns the finding.
 */
struct finding *functions_report_none(const struct host *host, const struct fact *doubt,
				      const struct finding_kind *none,
				      const struct finding_kind *unread, const char *text,
				      struct findings *findings);

#endif

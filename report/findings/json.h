/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_JSON_H
#define PASSCHECK_REPORT_FINDINGS_JSON_H

#include "checks/support/finding.h"
#include "report/write/json.h"

/* An element of "findings". */
cJSON *json_finding(struct json *json, const struct finding *finding);

#endif

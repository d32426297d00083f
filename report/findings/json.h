/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_JSON_H
#define PASSCHECK_REPORT_FINDINGS_JSON_H

#include "report/findings/judged.h"
#include "report/write/json.h"

/* An element of "findings": one of those judged. */
struct json_item *json_finding(struct json *json, const struct judged_findings *judged,
			       const struct finding *finding);

/* A remedy, a sentence without a period, and the commands that carry it out. */
struct json_item *json_remedy(struct json *json, const char *summary,
			      const struct remedy_command *command);

#endif

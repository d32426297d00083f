/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_CAUTION_H
#define PASSCHECK_REPORT_FINDINGS_CAUTION_H

#include "model/caution/caution.h"
#include "report/write/json.h"
#include "report/write/text.h"

/* A caution, to which its document may add. */
struct json_item *json_caution(struct json *json, const struct caution *caution);

/* An array of those of a list, in its order. */
struct json_item *json_cautions(struct json *json, const struct caution *list);

/* Writes a caution behind a label, with what helps. */
void text_caution(struct text *text, unsigned indent, const char *label,
		  const struct caution *caution);

#endif

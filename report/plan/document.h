/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_PLAN_DOCUMENT_H
#define PASSCHECK_REPORT_PLAN_DOCUMENT_H

#include "report/renderer.h"

/*
 * Write the plan of a report, as text or as JSON (docs/passcheck-plan.schema.json). Return 0 or a
 * negative errno; errors of out are left to its owner.
 */
int plan_render_text(const struct report *report, const struct render_options *options, FILE *out);
int plan_render_json(const struct report *report, const struct render_options *options, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_PLAN_RENDER_H
#define PASSCHECK_REPORT_PLAN_RENDER_H

#include "report/format.h"

/* Write a struct plan_document: as text, as JSON by docs/passcheck-plan.schema.json, as a page
 * to look at, and as a script for a POSIX shell. */
render_function plan_render_text;
render_function plan_render_json;
render_function plan_render_html;
render_function plan_render_sh;

#endif

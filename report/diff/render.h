/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_DIFF_RENDER_H
#define PASSCHECK_REPORT_DIFF_RENDER_H

#include "report/format.h"

/* Write a struct diff: as text, as JSON by docs/passcheck-diff.schema.json, and as a page
 * to look at. */
render_function diff_render_text;
render_function diff_render_json;
render_function diff_render_html;

#endif

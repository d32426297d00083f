/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_LOG_RENDER_H
#define PASSCHECK_REPORT_LOG_RENDER_H

#include "report/format.h"

/* Write a struct log_report: as text, as JSON by docs/passcheck-log.schema.json, as a page. */
render_function log_render_text;
render_function log_render_json;
render_function log_render_html;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_DOMAIN_RENDER_H
#define PASSCHECK_REPORT_DOMAIN_RENDER_H

#include "report/format.h"

/* Write a struct domain_report: as text, as JSON by docs/passcheck-domain.schema.json, and as
 * a page to look at. */
render_function domain_render_text;
render_function domain_render_json;
render_function domain_render_html;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_DOMAIN_RENDER_H
#define PASSCHECK_REPORT_DOMAIN_RENDER_H

#include "report/format.h"

/* Write a struct domain_report: as text, and as JSON by docs/passcheck-domain.schema.json. */
render_function domain_render_text;
render_function domain_render_json;

#endif

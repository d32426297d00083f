/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_RENDER_H
#define PASSCHECK_REPORT_AUDIT_RENDER_H

#include "report/format.h"

/* Write a struct audit: as text, and as JSON by docs/passcheck.schema.json. */
render_function audit_render_text;
render_function audit_render_json;

#endif

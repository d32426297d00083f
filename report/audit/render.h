/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_RENDER_H
#define PASSCHECK_REPORT_AUDIT_RENDER_H

#include "report/format.h"

/* Write a struct audit: as text, as JSON by docs/passcheck.schema.json, as JUnit XML for CI, and as
 * results of XCCDF 1.2 for compliance. */
render_function audit_render_text;
render_function audit_render_json;
render_function audit_render_junit;
render_function audit_render_xccdf;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_RENDER_H
#define PASSCHECK_REPORT_AUDIT_RENDER_H

#include "report/format.h"

/* Write a struct audit: as text, as JSON by docs/passcheck.schema.json, as a page to look at, as
 * the few members of it that a fleet keeps of each host (docs/passcheck-summary.schema.json), as
 * JUnit XML for CI, as results of XCCDF 1.2 for compliance, as metrics for Prometheus, and as
 * labels for Node Feature Discovery.
 */
render_function audit_render_text;
render_function audit_render_json;
render_function audit_render_html;
render_function audit_render_summary;
render_function audit_render_junit;
render_function audit_render_xccdf;
render_function audit_render_prometheus;
render_function audit_render_nfd;

#endif

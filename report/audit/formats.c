/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/audit/audit.h"
#include "report/audit/render.h"

static const struct format formats[] = {
	{.name = "text", .render = audit_render_text},
	{.name = "json", .render = audit_render_json},
	{.name = "html", .render = audit_render_html},
	{.name = "summary", .note = "(short JSON)", .render = audit_render_summary},
	{.name = "junit", .findings_alone = true, .render = audit_render_junit},
	{.name = "xccdf", .findings_alone = true, .render = audit_render_xccdf},
	{.name = "prometheus", .render = audit_render_prometheus},
	{.name = "nfd", .render = audit_render_nfd},
};

const struct format_table audit_formats = {
	.formats = formats,
	.count = ARRAY_LENGTH(formats),
};

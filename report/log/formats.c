/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/log/log_report.h"
#include "report/log/render.h"

static const struct format formats[] = {
	{.name = "text", .render = log_render_text},
	{.name = "json", .render = log_render_json},
	{.name = "html", .render = log_render_html},
};

const struct format_table log_formats = {
	.formats = formats,
	.count = ARRAY_LENGTH(formats),
};

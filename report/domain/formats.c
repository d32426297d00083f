/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/domain/domain_report.h"
#include "report/domain/render.h"

static const struct format formats[] = {
	{.name = "text", .render = domain_render_text},
	{.name = "json", .render = domain_render_json},
	{.name = "html", .render = domain_render_html},
};

const struct format_table domain_formats = {
	.formats = formats,
	.count = ARRAY_LENGTH(formats),
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/diff/diff.h"
#include "report/diff/render.h"

static const struct format formats[] = {
	{.name = "text", .render = diff_render_text},
	{.name = "json", .render = diff_render_json},
	{.name = "html", .render = diff_render_html},
};

const struct format_table diff_formats = {
	.formats = formats,
	.count = ARRAY_LENGTH(formats),
};

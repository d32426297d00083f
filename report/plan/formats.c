/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/plan/plan_document.h"
#include "report/plan/render.h"

static const struct format formats[] = {
	{.name = "text", .render = plan_render_text},
	{.name = "json", .render = plan_render_json},
	{.name = "html", .render = plan_render_html},
	{.name = "sh", .note = "(a script)", .render = plan_render_sh},
};

const struct format_table plan_formats = {
	.formats = formats,
	.count = ARRAY_LENGTH(formats),
};

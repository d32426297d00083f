/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/array.h"
#include "report/guest/configuration.h"
#include "report/guest/render.h"

static const struct format formats[] = {
	{.name = "xml", .note = "of FUNCTIONs", .render = guest_render_xml},
	{.name = "qemu", .note = "of FUNCTIONs", .render = guest_render_stack},
};

const struct format_table guest_formats = {
	.formats = formats,
	.count = ARRAY_LENGTH(formats),
};

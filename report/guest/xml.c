/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/xml.h"
#include "report/renderer.h"

/* Writes what may be pasted; why the rest is refused is no part of it. */
static int render(const struct report *report, const struct render_options *options, FILE *out)
{
	const struct hostdev_forms *forms = report->forms;
	int result = 0;

	(void)options;
	for (size_t i = 0; result == 0 && forms && i < forms->count; i++) {
		if (forms->forms[i].written)
			result = xml_write_form(report, &forms->forms[i], out);
	}
	return result;
}

const struct renderer renderer_xml = {
	.name = "xml",
	.render = render,
};

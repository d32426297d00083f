/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_DOMAIN_DOCUMENT_H
#define PASSCHECK_REPORT_DOMAIN_DOCUMENT_H

#include "report/renderer.h"

/*
 * Write what domains ask of their host, and whether it is so, as text or as JSON
 * (docs/passcheck-domain.schema.json). Return 0 or a negative errno; errors of out are left to its
 * owner.
 */
int domains_render_text(const struct report *report, const struct render_options *options,
			FILE *out);
int domains_render_json(const struct report *report, const struct render_options *options,
			FILE *out);

#endif

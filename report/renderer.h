/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_RENDERER_H
#define PASSCHECK_REPORT_RENDERER_H

#include <stdio.h>

#include "report/report.h"

struct render_options {
	unsigned width; /* columns of the terminal; 0 where out is none */
	bool color;
	bool utf8;    /* the terminal's locale shows more than ASCII */
	bool verbose; /* also what passed, and all evidence */
	bool quiet;   /* only failures and what decides the verdict */
	bool compact; /* a document on one line */
};

/*
 * A renderer writes a report and judges nothing. report/renderers/NAME.c defines
 * `const struct renderer renderer_NAME`, and the build finds it.
 */
struct renderer {
	const char *name; /* as --format takes it */
	/* Returns 0 or a negative errno; errors of out itself are left to its owner. */
	int (*render)(const struct report *report, const struct render_options *options, FILE *out);
};

extern const struct renderer *const renderer_registry[];
extern const size_t renderer_registry_count;

/* Returns the renderer of that name, or NULL. */
const struct renderer *renderer_find(const char *name);

#endif

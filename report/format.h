/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FORMAT_H
#define PASSCHECK_REPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How a document is to look. */
struct render_options {
	unsigned width;  /* columns of the terminal, or that are wished for; 0: no limit */
	unsigned height; /* lines of the terminal; 0 where out is not one */
	bool color;
	bool utf8;              /* the terminal's locale shows more than ASCII */
	bool verbose;           /* also what passed, and all evidence */
	const char *verbose_by; /* how a person asks for that; NULL: not at all */
	bool quiet;             /* only failures and what decides the verdict */
	bool by_group;          /* functions by IOMMU group, not by what they are */
	bool compact;           /* a document on one line */
};

/*
 * Writes a document, and judges nothing. document is of the type that the table of the format says.
 * Returns 0 or a negative errno; errors of out itself are left to its owner.
 */
typedef int render_function(const void *document, const struct render_options *options, FILE *out);

/* One way to write a document. */
struct format {
	const char *name;    /* by which it is asked for */
	const char *note;    /* what the list of formats adds to the name; NULL: nothing */
	bool findings_alone; /* shows findings and requirements, and no functions */
	render_function *render;
};

/* The formats of one kind of document, the usual one first. */
struct format_table {
	const struct format *formats;
	size_t count;
};

/* Returns the format of that name, or NULL. */
const struct format *format_find(const struct format_table *table, const char *name);

#endif

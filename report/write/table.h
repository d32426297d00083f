/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_TABLE_H
#define PASSCHECK_REPORT_WRITE_TABLE_H

#include <libsmartcols/libsmartcols.h>

#include "report/write/text.h"

/* A column of a table in a text. */
struct table_column {
	const char *heading;
	double width; /* share of the terminal where below 1, columns otherwise */
	int flags;    /* SCOLS_FL_* */
};

/* Returns an empty table that goes where the text goes, in its colors and characters, and as wide
 * as its terminal; NULL without memory. The caller releases it with scols_unref_table(). */
struct libscols_table *table_new(const struct text *text, const struct table_column *columns,
				 size_t count);

/* Fills a line's cells in the order of columns, each as a terminal may be shown it. Returns -ENOMEM
 * without memory. */
int table_fill(struct text *text, struct libscols_line *line, const char *const *cells,
	       size_t count);

/* Writes the table. What the last column has no room for ends with a sign that it goes on. Returns
 * 0 or -ENOMEM. */
int table_print(struct text *text, struct libscols_table *table);

#endif

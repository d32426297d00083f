/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/table.h"

#include <errno.h>

struct libscols_table *table_new(const struct text *text, const struct table_column *columns,
				 size_t count)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	scols_table_set_stream(table, text->out);
	scols_table_enable_colors(table, text->options->color);
	scols_table_enable_minout(table, 1);
	scols_table_enable_ascii(table, !text->options->utf8);
	scols_table_set_termforce(table, text->options->width ? SCOLS_TERMFORCE_ALWAYS
							      : SCOLS_TERMFORCE_NEVER);
	if (text->options->width)
		scols_table_set_termwidth(table, text->options->width);
	for (size_t i = 0; i < count; i++) {
		if (scols_table_new_column(table, columns[i].heading, columns[i].width,
					   columns[i].flags))
			continue;
		scols_unref_table(table);
		return NULL;
	}
	return table;
}

int table_fill(struct text *text, struct libscols_line *line, const char *const *cells,
	       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (scols_line_set_data(line, i, text_showable(text, cells[i])))
			return -ENOMEM;
	}
	return 0;
}

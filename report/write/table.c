/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/table.h"

#include <errno.h>
#include <string.h>

#include "report/write/wrap.h"

enum { BRANCH_WIDTH = 2, LEAST_ROOM = 8 };

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

static unsigned cell_width(struct libscols_cell *cell)
{
	const char *data = cell ? scols_cell_get_data(cell) : NULL;

	return data ? wrap_columns(data, strlen(data)) : 0;
}

/* The columns that a tree takes before a line. */
static unsigned branch_width(const struct libscols_line *line, const struct libscols_column *column)
{
	unsigned width = 0;

	if (!(scols_column_get_flags(column) & SCOLS_FL_TREE))
		return 0;
	while ((line = scols_line_get_parent(line)))
		width += BRANCH_WIDTH;
	return width;
}

static unsigned column_width(struct libscols_table *table, size_t index,
			     struct libscols_iter *lines)
{
	struct libscols_column *column = scols_table_get_column(table, index);
	unsigned width = cell_width(scols_column_get_header(column));
	unsigned least = (unsigned)scols_column_get_whint(column);
	struct libscols_line *line;

	scols_reset_iter(lines, SCOLS_ITER_FORWARD);
	while (scols_table_next_line(table, lines, &line) == 0) {
		unsigned wanted =
			branch_width(line, column) + cell_width(scols_line_get_cell(line, index));
		width = wanted > width ? wanted : width;
	}
	return width > least ? width : least;
}

/* Returns the columns that are left to the last column, 0 where all of it fits or hardly any. */
static unsigned last_room(const struct text *text, struct libscols_table *table,
			  struct libscols_iter *lines)
{
	size_t last = scols_table_get_ncols(table) - 1;
	unsigned taken = 0;

	for (size_t i = 0; i < last; i++) {
		if (!scols_column_is_hidden(scols_table_get_column(table, i)))
			taken += column_width(table, i, lines) + 1;
	}
	if (taken + LEAST_ROOM > text->options->width)
		return 0;
	unsigned room = text->options->width - taken;
	return column_width(table, last, lines) > room ? room : 0;
}

/* Returns the first columns of a text, the last of which is a sign that it goes on. */
static const char *cut(struct text *text, const char *data, unsigned columns)
{
	const char *sign = text->options->utf8 ? "…" : "...";
	unsigned kept = columns - wrap_columns(sign, strlen(sign));
	size_t length = 0;

	while (data[length] && wrap_columns(data, length + 1) <= kept)
		length++;
	return arena_printf(text->arena, "%.*s%s", (int)length, data, sign);
}

static int cut_last(struct text *text, struct libscols_table *table, struct libscols_iter *lines)
{
	size_t last = scols_table_get_ncols(table) - 1;
	unsigned room = last_room(text, table, lines);
	struct libscols_line *line;

	scols_reset_iter(lines, SCOLS_ITER_FORWARD);
	while (room && scols_table_next_line(table, lines, &line) == 0) {
		struct libscols_cell *cell = scols_line_get_cell(line, last);
		if (cell_width(cell) > room &&
		    scols_cell_set_data(cell, cut(text, scols_cell_get_data(cell), room)))
			return -ENOMEM;
	}
	return 0;
}

int table_print(struct text *text, struct libscols_table *table)
{
	struct libscols_iter *lines = scols_new_iter(SCOLS_ITER_FORWARD);
	int result = lines ? cut_last(text, table, lines) : -ENOMEM;

	scols_free_iter(lines);
	return result == 0 && scols_print_table(table) ? -ENOMEM : result;
}

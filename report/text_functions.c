/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>

#include "report/names.h"
#include "report/text.h"
#include "report/words.h"

enum column { COLUMN_ADDRESS, COLUMN_GROUP, COLUMN_DRIVER, COLUMN_VFS, COLUMN_NAME };

struct heading {
	const char *name;
	double width; /* share of the terminal where below 1, columns otherwise */
	int flags;    /* SCOLS_FL_* */
};

static const struct heading headings[] = {
	[COLUMN_ADDRESS] = {"ADDRESS", 12, 0},
	[COLUMN_GROUP] = {"GROUP", 5, SCOLS_FL_RIGHT},
	[COLUMN_DRIVER] = {"DRIVER", 6, 0},
	[COLUMN_VFS] = {"VFS", 3, SCOLS_FL_RIGHT},
	[COLUMN_NAME] = {"NAME", 0.4, SCOLS_FL_TRUNC},
};

enum { COLUMN_COUNT = sizeof(headings) / sizeof(headings[0]) };

/* What stands in a cell: "-" says that the host has none, "?" that it could not be told. */
static const char *group_cell(struct text *text, const struct pci_function *function)
{
	if (fact_known(&function->group.fact))
		return arena_printf(text->arena, "%" PRId64, function->group.value);
	return fact_absent(&function->group.fact) ? "-" : "?";
}

static const char *driver_cell(const struct pci_function *function)
{
	if (fact_known(&function->driver.fact))
		return function->driver.text;
	return fact_absent(&function->driver.fact) ? "-" : "?";
}

static const char *vfs_cell(struct text *text, const struct pci_function *function)
{
	struct sriov_capability sriov = sriov_decode(&function->config);

	if (pci_is_vf(function))
		return "VF";
	if (sriov.capability.state == FACT_ABSENT)
		return "-";
	if (sriov.capability.state != FACT_KNOWN)
		return "?";
	return arena_printf(text->arena, "%u/%u", sriov.num_vfs, sriov.total_vfs);
}

static const char *name_cell(struct text *text, struct names *names,
			     const struct pci_function *function)
{
	const char *name = names_find(names, text->arena, function);

	if (name)
		return words_printable(text->arena, name);
	if (!fact_known(&function->vendor.fact) || !fact_known(&function->device.fact))
		return "?";
	return arena_printf(text->arena, "%04" PRIx64 ":%04" PRIx64, function->vendor.value,
			    function->device.value);
}

static struct libscols_table *new_table(const struct text *text)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	scols_table_set_stream(table, text->out);
	scols_table_enable_colors(table, text->options->color);
	scols_table_set_termforce(table, text->options->width ? SCOLS_TERMFORCE_ALWAYS
							      : SCOLS_TERMFORCE_NEVER);
	if (text->options->width)
		scols_table_set_termwidth(table, text->options->width);
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (scols_table_new_column(table, headings[i].name, headings[i].width,
					   headings[i].flags))
			continue;
		scols_unref_table(table);
		return NULL;
	}
	return table;
}

static int add_line(struct text *text, struct libscols_table *table, struct names *names,
		    const struct pci_function *function)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const char *cells[COLUMN_COUNT] = {
		[COLUMN_ADDRESS] = function->name,
		[COLUMN_GROUP] = group_cell(text, function),
		[COLUMN_DRIVER] = driver_cell(function),
		[COLUMN_VFS] = vfs_cell(text, function),
		[COLUMN_NAME] = name_cell(text, names, function),
	};

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (scols_line_set_data(line, i, cells[i]))
			return -ENOMEM;
	}
	return 0;
}

int text_functions(struct text *text)
{
	const struct report *report = text->report;
	struct libscols_table *table = new_table(text);
	struct names *names = names_open();
	int result = table ? 0 : -ENOMEM;

	for (size_t i = 0; result == 0 && i < report->function_count; i++)
		result = add_line(text, table, names, report->functions[i]);
	if (result == 0 && report->function_count)
		result = scols_print_table(table);
	names_close(names);
	scols_unref_table(table);
	return result < 0 ? result : 0;
}

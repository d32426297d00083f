/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>

#include "host/capabilities.h"
#include "model/assignability.h"
#include "report/names.h"
#include "report/text.h"

enum column {
	COLUMN_ADDRESS,
	COLUMN_GROUP,
	COLUMN_VERDICT,
	COLUMN_DRIVER,
	COLUMN_VFS,
	COLUMN_NAME,
};

struct heading {
	const char *name;
	double width; /* share of the terminal where below 1, columns otherwise */
	int flags;    /* SCOLS_FL_* */
};

static const struct heading headings[] = {
	[COLUMN_ADDRESS] = {"ADDRESS", 12, 0},     [COLUMN_GROUP] = {"GROUP", 5, SCOLS_FL_RIGHT},
	[COLUMN_VERDICT] = {"VERDICT", 7, 0},      [COLUMN_DRIVER] = {"DRIVER", 6, 0},
	[COLUMN_VFS] = {"VFS", 3, SCOLS_FL_RIGHT}, [COLUMN_NAME] = {"NAME", 0.4, SCOLS_FL_TRUNC},
};

enum { COLUMN_COUNT = sizeof(headings) / sizeof(headings[0]) };

/* What stands in a cell: "-" says that the host has none, "?" that it could not be told. */
static const char *group_cell(struct text *text, const struct pci_function *function)
{
	if (fact_known(&function->group.fact))
		return arena_printf(text->arena, "%" PRId64, function->group.value);
	return fact_absent(&function->group.fact) ? "-" : "?";
}

/* Short forms of the verdicts of functions, for a column. */
struct verdict_cell {
	const char *text;
	const char *color; /* as libsmartcols names it */
};

static const struct verdict_cell verdict_cells[] = {
	[ASSIGNABLE] = {"ok", "green"},
	[ASSIGNABLE_WITH] = {"with", "yellow"},
	[ASSIGNABLE_BLOCKED] = {"blocked", "red"},
	[ASSIGNABLE_UNDETERMINED] = {"?", "magenta"},
	[ASSIGNABLE_NOT_A_CANDIDATE] = {"-", NULL},
};

enum { VERDICT_COUNT = sizeof(verdict_cells) / sizeof(verdict_cells[0]) };

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
		return name;
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
		    const struct pci_function *function, size_t counts[static VERDICT_COUNT])
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const struct assignable *assignable =
		assignability_of(&text->report->model.assignability, function);
	const struct verdict_cell *verdict = &verdict_cells[assignable->verdict];
	const char *cells[COLUMN_COUNT] = {
		[COLUMN_ADDRESS] = function->name,
		[COLUMN_GROUP] = group_cell(text, function),
		[COLUMN_VERDICT] = verdict->text,
		[COLUMN_DRIVER] = driver_cell(function),
		[COLUMN_VFS] = vfs_cell(text, function),
		[COLUMN_NAME] = name_cell(text, names, function),
	};

	if (!line)
		return -ENOMEM;
	counts[assignable->verdict]++;
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (scols_line_set_data(line, i, text_showable(text, cells[i])))
			return -ENOMEM;
	}
	if (verdict->color)
		scols_cell_set_color(scols_line_get_cell(line, COLUMN_VERDICT), verdict->color);
	return 0;
}

/* A line of how many functions have each verdict. */
static void show_counts(struct text *text, const size_t count[static VERDICT_COUNT])
{
	text_paragraph(
		text, 0, TEXT_PLAIN,
		"%zu can be given to a guest, %zu with companions, %zu blocked, %zu unknown, "
		"%zu bridges",
		count[ASSIGNABLE], count[ASSIGNABLE_WITH], count[ASSIGNABLE_BLOCKED],
		count[ASSIGNABLE_UNDETERMINED], count[ASSIGNABLE_NOT_A_CANDIDATE]);
}

int text_functions(struct text *text)
{
	const struct report *report = text->report;
	struct libscols_table *table = new_table(text);
	struct names *names = names_open();
	size_t counts[VERDICT_COUNT] = {0};
	int result = table ? 0 : -ENOMEM;

	for (size_t i = 0; result == 0 && i < report->function_count; i++)
		result = add_line(text, table, names, report->functions[i], counts);
	if (result == 0 && report->function_count) {
		show_counts(text, counts);
		result = scols_print_table(table);
	}
	names_close(names);
	scols_unref_table(table);
	return result < 0 ? result : 0;
}

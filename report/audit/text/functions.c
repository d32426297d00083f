/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>

#include "host/access/array.h"
#include "host/pci/capabilities.h"
#include "model/assign/assignability.h"
#include "report/audit/text/parts.h"
#include "report/names.h"
#include "report/write/table.h"

enum column {
	COLUMN_ADDRESS,
	COLUMN_GROUP,
	COLUMN_VERDICT,
	COLUMN_DRIVER,
	COLUMN_VFS,
	COLUMN_NAME,
	COLUMN_COUNT,
};

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_ADDRESS] = {"ADDRESS", 14, SCOLS_FL_TREE},
	[COLUMN_GROUP] = {"GROUP", 5, SCOLS_FL_RIGHT},
	[COLUMN_VERDICT] = {"VERDICT", 7, 0},
	[COLUMN_DRIVER] = {"DRIVER", 6, 0},
	[COLUMN_VFS] = {"VFS", 3, SCOLS_FL_RIGHT},
	[COLUMN_NAME] = {"NAME", 0.4, SCOLS_FL_TRUNC},
};

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

ASSERT_COVERS(verdict_cells, ASSIGNABLE_COUNT);

/* The table while it is filled: each group of several functions has a line above theirs. */
struct filling {
	struct text *text;
	const struct audit *audit;
	struct libscols_table *table;
	struct names *names;
	struct libscols_line **groups; /* by the index of a group's first function */
	size_t counts[ASSIGNABLE_COUNT];
	size_t cautioned; /* functions with a caution */
};

/* "ok!": the exclamation mark says that the function has a caution. */
static const char *verdict_cell(struct filling *filling, const struct pci_function *function)
{
	const struct model *model = &filling->audit->model;
	const struct assignable *assignable = assignability_of(&model->assignability, function);
	const char *word = verdict_cells[assignable->verdict].text;

	if (!cautions_of(&model->cautions, function))
		return word;
	filling->cautioned++;
	return arena_printf(filling->text->arena, "%s!", word);
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
		return name;
	if (!fact_known(&function->vendor.fact) || !fact_known(&function->device.fact))
		return "?";
	return arena_printf(text->arena, "%04" PRIx64 ":%04" PRIx64, function->vendor.value,
			    function->device.value);
}

/* A group as the kernel formed it, or would by its rules where the IOMMU is off. */
struct shown_group {
	const struct pci_function *first; /* NULL: none, or unknown */
	bool several;                     /* it has other functions */
	const char *name;
};

static struct shown_group formed_group(struct filling *filling, const struct pci_function *function)
{
	const struct host *host = filling->audit->model.host;
	const struct iommu_group *group = iommu_group_find(&host->groups, function->group.value);
	struct shown_group shown = {0};

	for (size_t i = 0; group && i < group->devices.count && !shown.several; i++) {
		const struct pci_function *member =
			pci_find_name(&host->pci, group->devices.names[i]);
		shown.several = member && shown.first;
		if (!shown.first)
			shown.first = member;
	}
	shown.name = arena_printf(filling->text->arena, "group %" PRId64, function->group.value);
	return shown;
}

static struct shown_group predicted_group(const struct isolation *isolation,
					  const struct pci_function *function)
{
	const struct isolation_group *group = isolation_of(isolation, function);

	if (!group || !group->known)
		return (struct shown_group){0};
	return (struct shown_group){group->functions[0], group->count > 1, "one group"};
}

/* The line that stands above those of the function's group, NULL where it is alone. */
static int group_line(struct filling *filling, const struct pci_function *function,
		      struct libscols_line **ret)
{
	const struct model *model = &filling->audit->model;
	const struct pci_function *functions = model->host->pci.functions;
	struct shown_group group = fact_known(&function->group.fact)
					   ? formed_group(filling, function)
					   : predicted_group(&model->isolation, function);

	*ret = NULL;
	if (!group.several)
		return 0;
	struct libscols_line **line = &filling->groups[group.first - functions];
	if (!*line) {
		*line = scols_table_new_line(filling->table, NULL);
		if (!*line || scols_line_set_data(*line, COLUMN_ADDRESS, group.name))
			return -ENOMEM;
	}
	*ret = *line;
	return 0;
}

static int add_line(struct filling *filling, const struct pci_function *function)
{
	struct text *text = filling->text;
	struct libscols_line *group, *line;
	const struct assignable *assignable =
		assignability_of(&filling->audit->model.assignability, function);
	const struct verdict_cell *verdict = &verdict_cells[assignable->verdict];
	const char *cells[COLUMN_COUNT] = {
		[COLUMN_ADDRESS] = function->name,
		[COLUMN_GROUP] = group_cell(text, function),
		[COLUMN_VERDICT] = verdict_cell(filling, function),
		[COLUMN_DRIVER] = driver_cell(function),
		[COLUMN_VFS] = vfs_cell(text, function),
		[COLUMN_NAME] = name_cell(text, filling->names, function),
	};

	if (group_line(filling, function, &group) < 0)
		return -ENOMEM;
	line = scols_table_new_line(filling->table, group);
	if (!line)
		return -ENOMEM;
	filling->counts[assignable->verdict]++;
	if (table_fill(text, line, cells, COLUMN_COUNT) < 0)
		return -ENOMEM;
	if (verdict->color)
		scols_cell_set_color(scols_line_get_cell(line, COLUMN_VERDICT), verdict->color);
	return 0;
}

/* A line of how many functions have each verdict. */
static void show_counts(struct text *text, const size_t count[static ASSIGNABLE_COUNT])
{
	text_paragraph(
		text, 0, TEXT_PLAIN,
		"%zu can be given to a guest, %zu with companions, %zu blocked, %zu unknown, "
		"%zu bridges",
		count[ASSIGNABLE], count[ASSIGNABLE_WITH], count[ASSIGNABLE_BLOCKED],
		count[ASSIGNABLE_UNDETERMINED], count[ASSIGNABLE_NOT_A_CANDIDATE]);
}

/* What the mark of verdict_cell() means. */
static void show_cautioned(struct text *text, size_t count)
{
	if (count)
		text_paragraph(text, 0, TEXT_PLAIN,
			       "! %zu with a caution: VFIO accepts it, and the guest may suffer; "
			       "passcheck FUNCTION says from what",
			       count);
}

static int fill(struct filling *filling)
{
	const struct selection *selection = &filling->audit->selection;

	for (size_t i = 0; i < selection->count; i++) {
		int result = add_line(filling, selection->functions[i]);
		if (result < 0)
			return result;
	}
	return 0;
}

int text_functions(struct text *text, const struct audit *audit)
{
	size_t count = audit->model.host->pci.count;
	struct filling filling = {
		.text = text,
		.audit = audit,
		.table = table_new(text, columns, COLUMN_COUNT),
		.names = names_open(),
		.groups = arena_array(text->arena, count + 1, sizeof(struct libscols_line *)),
	};
	int result = filling.table && filling.groups ? fill(&filling) : -ENOMEM;

	if (result == 0 && audit->selection.count) {
		show_counts(text, filling.counts);
		show_cautioned(text, filling.cautioned);
		result = scols_print_table(filling.table);
	}
	names_close(filling.names);
	scols_unref_table(filling.table);
	return result < 0 ? result : 0;
}

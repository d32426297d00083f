/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/text/table.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/pci/capabilities.h"
#include "report/audit/text/parts.h"
#include "report/companion.h"

/* What the host uses, and what has companions: more are counted. */
enum { MOST_HOST_USES = 6, MOST_COMPANION_LINES = 6, MOST_COMPANIONS = 4, WIDE_TERMINAL = 100 };

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_ADDRESS] = {"FUNCTION", 13, 0},
	[COLUMN_VERDICT] = {"VERDICT", 10, 0},
	[COLUMN_GROUP] = {"GROUP", 5, SCOLS_FL_RIGHT},
	[COLUMN_DRIVER] = {"DRIVER", 6, 0},
	[COLUMN_VFS] = {"VFS", 3, SCOLS_FL_RIGHT},
	[COLUMN_NAME] = {"NAME", 0.1, SCOLS_FL_TRUNC},
};

static const struct table_column tree_columns[COLUMN_COUNT] = {
	[COLUMN_ADDRESS] = {"FUNCTION", 13, SCOLS_FL_TREE},
	[COLUMN_VERDICT] = {"VERDICT", 10, 0},
	[COLUMN_GROUP] = {"GROUP", 5, SCOLS_FL_HIDDEN}, /* the headings have it */
	[COLUMN_DRIVER] = {"DRIVER", 6, 0},
	[COLUMN_VFS] = {"VFS", 3, SCOLS_FL_RIGHT},
	[COLUMN_NAME] = {"NAME", 0.1, SCOLS_FL_TRUNC},
};

static const char *const verdict_colors[] = {
	[ASSIGNABLE] = "green",
	[ASSIGNABLE_WITH] = "yellow",
	[ASSIGNABLE_BLOCKED] = "red",
	[ASSIGNABLE_UNDETERMINED] = "magenta",
	[ASSIGNABLE_NOT_A_CANDIDATE] = NULL,
};

ASSERT_COVERS(verdict_colors, ASSIGNABLE_COUNT);

const char *function_verdict_color(enum assignable_verdict verdict)
{
	return verdict_colors[verdict];
}

static unsigned blocker_kinds(const struct assignable *assignable)
{
	unsigned kinds = 0;

	for (const struct blocker *blocker = assignable->blockers; blocker; blocker = blocker->next)
		kinds |= 1U << blocker->kind;
	return kinds;
}

/* Whether the host needs another function of the group, and not this one. */
static bool is_beside_host_use(const struct assignable *assignable)
{
	for (const struct blocker *blocker = assignable->blockers; blocker;
	     blocker = blocker->next) {
		if (blocker->kind == BLOCKER_HOST_USE)
			return blocker->companion != NULL;
	}
	return false;
}

/* Where all are blocked for the same reasons, the headline has them. */
static bool has_mixed_reasons(const struct audit *audit)
{
	unsigned first = 0;
	bool beside = false;

	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct assignable *assignable = assignability_of(
			&audit->model.assignability, audit->selection.functions[i]);
		unsigned kinds = blocker_kinds(assignable);
		if (assignable->verdict != ASSIGNABLE_BLOCKED || !kinds)
			continue;
		if (first && (kinds != first || is_beside_host_use(assignable) != beside))
			return true;
		first = kinds;
		beside = is_beside_host_use(assignable);
	}
	return false;
}

int function_table_begin(struct text *text, const struct audit *audit, bool tree,
			 struct function_table *ret)
{
	*ret = (struct function_table){
		.text = text,
		.audit = audit,
		.table = table_new(text, tree ? tree_columns : columns, COLUMN_COUNT),
		.names = names_open(),
		.mixed_reasons = has_mixed_reasons(audit),
	};
	return ret->table ? 0 : -ENOMEM;
}

void function_table_free(struct function_table *table)
{
	names_close(table->names);
	scols_unref_table(table->table);
}

struct libscols_line *function_table_line(struct function_table *table, struct libscols_line *above,
					  const char *const cells[static COLUMN_COUNT])
{
	struct libscols_line *line = scols_table_new_line(table->table, above);

	if (!line || table_fill(table->text, line, cells, COLUMN_COUNT) < 0)
		return NULL;
	table->lines++;
	return line;
}

struct libscols_line *function_table_heading(struct function_table *table, const char *name)
{
	const char *cells[COLUMN_COUNT] = {name, "", "", "", "", ""};

	return function_table_line(table, NULL, cells);
}

/* What stands in a cell: "-" says that the host has none, "?" that it is unknown. */
static const char *group_cell(struct text *text, const struct pci_function *function)
{
	if (fact_known(&function->group.fact))
		return arena_printf(text->arena, "%" PRId64, function->group.value);
	return fact_absent(&function->group.fact) ? "-" : "?";
}

/* "assignable!": the exclamation mark says that the function has a caution. One that no guest gets
 * has nothing to be cautioned of. */
static const char *verdict_cell(struct function_table *table, const struct pci_function *function)
{
	const struct model *model = &table->audit->model;
	const struct assignable *assignable = assignability_of(&model->assignability, function);
	const char *word = assignable_verdict_name(assignable->verdict);

	if (assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		return "-";
	table->with += assignable->verdict == ASSIGNABLE_WITH;
	table->usable +=
		assignable->verdict == ASSIGNABLE || assignable->verdict == ASSIGNABLE_WITH;
	table->blocked += assignable->verdict == ASSIGNABLE_BLOCKED;
	if (assignable->verdict == ASSIGNABLE_BLOCKED || !cautions_of(&model->cautions, function))
		return word;
	table->cautioned++;
	return arena_printf(table->text->arena, "%s!", word);
}

static const char *driver_cell(const struct pci_function *function)
{
	if (fact_known(&function->driver.fact))
		return function->driver.text;
	return fact_absent(&function->driver.fact) ? "-" : "?";
}

static const char *vfs_cell(struct function_table *table, const struct pci_function *function)
{
	struct sriov_capability sriov = sriov_decode(&function->config);

	if (pci_is_vf(function))
		return "VF";
	if (sriov.capability.state == FACT_ABSENT)
		return "-";
	if (sriov.capability.state != FACT_KNOWN)
		return "?";
	const struct vf_budget *budget = vf_budget_of(&table->audit->model.vf_budgets, function);
	bool none = budget && !sriov.num_vfs && vf_budget_allows(budget, 1) == VF_ANSWER_NO;

	table->pfs++;
	table->barren += none;
	return arena_printf(table->text->arena, "%u/%u%s", sriov.num_vfs, sriov.total_vfs,
			    none ? "!" : "");
}

void function_table_note(const struct caution *cautions, unsigned *ret_kinds)
{
	for (; cautions; cautions = cautions->next)
		*ret_kinds |= 1U << cautions->kind;
}

/* What tells one boot display from another: where the host has its console now, and where the boot
 * left its framebuffer. */
static const char *display_word(const struct caution *display)
{
	if (!display)
		return "";
	if (strcmp(display->finding, "host-use.console") == 0)
		return ": console";
	return strcmp(display->finding, "boot-gpu.framebuffer") == 0 ? ": framebuffer" : "";
}

/* The name keeps its place on a narrow terminal, where the first kind has to do. */
const char *function_table_marks(struct function_table *table, unsigned kinds,
				 const struct caution *display)
{
	const struct render_options *options = table->text->options;
	bool narrow = options->width && options->width < WIDE_TERMINAL, cut = false;
	struct buffer list = {.arena = table->text->arena, .separator = ", "};

	for (int kind = 0; kind < CAUTION_KIND_COUNT; kind++) {
		if (!(kinds & (1U << kind)))
			continue;
		table->cautions |= 1U << kind;
		if (narrow && list.count) {
			cut = true;
			continue;
		}
		buffer_item(&list, "%s%s", caution_kind_name((enum caution_kind)kind),
			    kind == CAUTION_BOOT_DISPLAY ? display_word(display) : "");
	}
	if (cut)
		buffer_item(&list, "…");
	table->cut |= cut;
	return list.count ? arena_printf(table->text->arena, "(%s)", buffer_text(&list)) : "";
}

static const char *plain_name(struct function_table *table, const struct pci_function *function)
{
	const char *name = names_find_short(table->names, table->text->arena, function);

	if (name)
		return name;
	if (!pci_knows_ids(function))
		return "?";
	return arena_printf(table->text->arena, "%04" PRIx64 ":%04" PRIx64, function->vendor.value,
			    function->device.value);
}

/* "host-use, reserved-memory": all that has to be lifted, each kind once, also on a narrow
 * terminal. */
static const char *blocker_kind_names(struct arena *arena, const struct assignable *assignable)
{
	struct buffer list = {.arena = arena, .separator = ", "};
	unsigned named = 0;

	for (const struct blocker *blocker = assignable->blockers; blocker;
	     blocker = blocker->next) {
		if (!(named & (1U << blocker->kind)))
			buffer_item(&list, "%s%s", blocker_kind_name(blocker->kind),
				    blocker->kind == BLOCKER_HOST_USE && blocker->companion
					    ? ": its group"
					    : "");
		named |= 1U << blocker->kind;
	}
	return buffer_text(&list);
}

/* The name behind why the function is blocked, where that differs from line to line. */
static const char *blocked_cell(struct function_table *table, const struct assignable *assignable,
				const char *name)
{
	struct arena *arena = table->text->arena;

	if (!table->mixed_reasons || !assignable->blockers)
		return name;
	table->reasons |= blocker_kinds(assignable);
	table->beside_host_use |= is_beside_host_use(assignable);
	return arena_printf(arena, "(%s) %s", blocker_kind_names(arena, assignable), name);
}

/* What the verdict's sign or word leaves open stands before the name, which may be cut off. */
static const char *name_cell(struct function_table *table, const struct pci_function *function)
{
	const struct model *model = &table->audit->model;
	const struct assignable *assignable = assignability_of(&model->assignability, function);
	const char *name = plain_name(table, function);
	unsigned kinds = 0;

	if (assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		return name;
	if (assignable->verdict == ASSIGNABLE_BLOCKED)
		return blocked_cell(table, assignable, name);
	function_table_note(cautions_of(&model->cautions, function), &kinds);
	if (!kinds)
		return name;
	return arena_printf(table->text->arena, "%s %s",
			    function_table_marks(table, kinds,
						 cautions_find(&model->cautions, function,
							       CAUTION_BOOT_DISPLAY)),
			    name);
}

int function_table_add(struct function_table *table, struct libscols_line *above,
		       const char *indent, const struct pci_function *function)
{
	struct text *text = table->text;
	const struct assignable *assignable =
		assignability_of(&table->audit->model.assignability, function);
	const char *color = verdict_colors[assignable->verdict];
	const char *cells[COLUMN_COUNT] = {
		[COLUMN_ADDRESS] = arena_printf(text->arena, "%s%s", indent, function->name),
		[COLUMN_VERDICT] = verdict_cell(table, function),
		[COLUMN_GROUP] = group_cell(text, function),
		[COLUMN_DRIVER] = driver_cell(function),
		[COLUMN_VFS] = vfs_cell(table, function),
		[COLUMN_NAME] = name_cell(table, function),
	};
	struct libscols_line *line = function_table_line(table, above, cells);

	if (!line)
		return -ENOMEM;
	if (color)
		scols_cell_set_color(scols_line_get_cell(line, COLUMN_VERDICT), color);
	return 0;
}

static void show_left_out(struct text *text, size_t count)
{
	const char *by = text->options->verbose_by;

	if (count)
		text_paragraph(text, 2, TEXT_DIM, "and %zu more%s%s%s", count, by ? " (" : "",
			       by ? by : "", by ? " names them)" : "");
}

/* Returns the blocker of a function that the headline counts by the host's use, or NULL. */
static const struct blocker *host_use_of(const struct function_table *table,
					 const struct pci_function *function)
{
	const struct assignable *assignable =
		assignability_of(&table->audit->model.assignability, function);
	const struct blocker *first = assignable->blockers;

	return first && first->kind == BLOCKER_HOST_USE ? first : NULL;
}

static void show_host_use(struct function_table *table, const struct pci_function *function,
			  bool first)
{
	struct text *text = table->text;

	if (first)
		text_paragraph(text, 0, TEXT_DIM, "In use by the host:");
	text_paragraph(
		text, 2, TEXT_DIM, "%s: %s", function->name,
		host_uses_vital_words(&table->audit->model.host_uses, function, text->arena));
}

/* "0000:00:14.2: 0000:00:14.0 must leave xhci_hcd first" */
static void show_companions_of(struct function_table *table, const struct pci_function *function)
{
	const struct assignability *assignability = &table->audit->model.assignability;
	struct buffer list = {
		.arena = table->text->arena, .separator = ", ", .most = MOST_COMPANIONS};
	const char *clause;
	size_t next = 0;

	while ((clause = companion_clause(table->text->arena, assignability, function, &next)))
		buffer_item(&list, "%s", clause);
	text_paragraph(table->text, 2, TEXT_DIM, "%s: %s", function->name, buffer_list(&list));
}

/* Of what has companions, who they are; others are counted. */
static void show_companions(struct function_table *table)
{
	const struct selection *selection = &table->audit->selection;
	struct text *text = table->text;
	size_t shown = 0, left_out = 0;

	if (!table->with)
		return;
	text_paragraph(text, 0, TEXT_DIM,
		       "assignable-with: it has companions, functions of its group that "
		       "cannot stay with drivers of the host:");
	for (size_t i = 0; i < selection->count; i++) {
		const struct assignable *assignable = assignability_of(
			&table->audit->model.assignability, selection->functions[i]);
		if (assignable->verdict != ASSIGNABLE_WITH)
			continue;
		if (text->options->verbose || shown < MOST_COMPANION_LINES) {
			show_companions_of(table, selection->functions[i]);
			shown++;
		} else {
			left_out++;
		}
	}
	show_left_out(text, left_out);
}

/* What the host uses of what is blocked for that; others of a group are counted. */
static void show_host_uses(struct function_table *table)
{
	const struct selection *selection = &table->audit->selection;
	struct text *text = table->text;
	size_t shown = 0, left_out = 0, in_group = 0;

	for (size_t i = 0; i < selection->count; i++) {
		const struct blocker *blocker = host_use_of(table, selection->functions[i]);
		if (!blocker)
			continue;
		if (blocker->companion)
			in_group++;
		else if (text->options->verbose || shown < MOST_HOST_USES)
			show_host_use(table, selection->functions[i], !shown++);
		else
			left_out++;
	}
	show_left_out(text, left_out);
	if (in_group && shown)
		text_paragraph(text, 2, TEXT_DIM, "%s a group with these",
			       counted_as(text->arena, in_group, "more shares", "more share"));
}

/* "reset: it may not come back to a second guest; …: more than that", of what stands in brackets.
 */
static const char *caution_words(const struct function_table *table)
{
	static const char *const words[] = {
		[CAUTION_BOOT_DISPLAY] = "it shows the host's picture, or did at boot",
		[CAUTION_RESET] = "it may not come back to a second guest",
		[CAUTION_SPLIT_DEVICE] = "its card has functions outside its group",
		[CAUTION_IGD] = "integrated graphics, which need guest settings of their own",
		[CAUTION_ROM] = "its video BIOS is in the host's firmware",
		[CAUTION_VARIANT] = "another driver of VFIO has it work",
		[CAUTION_NVLINK] = "it waits for NVSwitches",
		[CAUTION_VF_TOKEN] = "who opens it must know a token",
		[CAUTION_ADDRESS_WIDTH] = "its BARs may lie where the IOMMU does not reach",
		[CAUTION_POWER] = "it may not come back from D3cold",
		[CAUTION_IN_USE] = "the host uses it",
		[CAUTION_STALE_GROUP] =
			"its group is out of date, so it reaches others past the IOMMU",
		[CAUTION_INTX] = "others have its interrupt line",
	};
	ASSERT_COVERS(words, CAUTION_KIND_COUNT);
	struct buffer list = {.arena = table->text->arena, .separator = "; "};

	for (int kind = 0; kind < CAUTION_KIND_COUNT; kind++) {
		if (table->cautions & (1U << kind))
			buffer_item(&list, "%s: %s", caution_kind_name((enum caution_kind)kind),
				    words[kind]);
	}
	if (table->cut)
		buffer_item(&list, "…: more than that");
	return buffer_text(&list);
}

/* "host-use: in use by the host, or in a group with what is; interrupts: without interrupt
 * remapping". */
static const char *reason_words(const struct function_table *table)
{
	struct buffer list = {.arena = table->text->arena, .separator = "; "};

	for (int kind = 0; kind < BLOCKER_KIND_COUNT; kind++) {
		if (table->reasons & (1U << kind))
			buffer_item(&list, "%s: %s%s", blocker_kind_name((enum blocker_kind)kind),
				    text_blocked_words((enum blocker_kind)kind),
				    kind == BLOCKER_HOST_USE && table->beside_host_use
					    ? ", or in a group with what is"
					    : "");
	}
	return buffer_text(&list);
}

int function_table_print(struct function_table *table)
{
	struct text *text = table->text;
	int result = table->lines ? table_print(text, table->table) : 0;

	show_companions(table);
	if (table->cautioned)
		text_paragraph(
			text, 0, TEXT_DIM,
			"!: VFIO accepts it, but a guest may have trouble with what stands in "
			"brackets%s%s%s; passcheck FUNCTION says more",
			table->cautions ? " (" : "", caution_words(table),
			table->cautions ? ")" : "");
	if (table->reasons)
		text_paragraph(text, 0, TEXT_DIM, "blocked: why stands in brackets (%s)",
			       reason_words(table));
	if (table->pfs)
		text_paragraph(
			text, 0, TEXT_DIM,
			"VFS: enabled/offered%s; passcheck FUNCTION says how many the kernel allows",
			table->barren ? " (!: a write to sriov_numvfs enables none now)" : "");
	show_host_uses(table);
	return result;
}

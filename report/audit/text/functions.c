/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/pci/capabilities.h"
#include "model/class_word.h"
#include "model/pcie.h"
#include "model/sriov/vf_driver.h"
#include "report/audit/text/next.h"
#include "report/audit/text/parts.h"
#include "report/audit/text/table.h"

enum { MOST_HIDDEN = 4 };

/* What people look for. */
enum section { GPUS, NICS, STORAGE, USB, ACCELERATORS, OTHERS, BRIDGES, SECTION_COUNT };

static const char *const section_names[] = {
	[GPUS] = "GPUs",
	[NICS] = "NICs",
	[STORAGE] = "Storage",
	[USB] = "USB",
	[OTHERS] = "Others",
	[ACCELERATORS] = "Accelerators",
	[BRIDGES] = "Staying with the host",
};

ASSERT_COVERS(section_names, SECTION_COUNT);

static const enum section section_by_word[] = {
	[WORD_UNKNOWN] = OTHERS, [WORD_GPU] = GPUS,        [WORD_NIC] = NICS,
	[WORD_NVME] = STORAGE,   [WORD_STORAGE] = STORAGE, [WORD_FC] = STORAGE,
	[WORD_USB] = USB,        [WORD_AUDIO] = OTHERS,    [WORD_QAT] = ACCELERATORS,
	[WORD_BRIDGE] = BRIDGES, [WORD_OTHER] = OTHERS,    [WORD_ACCELERATOR] = ACCELERATORS,
};

ASSERT_COVERS(section_by_word, WORD_COUNT);

/* Bridges and IOMMUs, which stay with the host. */
static bool stays(const struct audit *audit, const struct pci_function *function)
{
	return assignability_of(&audit->model.assignability, function)->verdict ==
	       ASSIGNABLE_NOT_A_CANDIDATE;
}

/* Sound and USB of a graphics card stand with it. On a root bus a slot is of the chipset. */
static enum section section_of(const struct audit *audit, const struct pci_function *function)
{
	if (stays(audit, function))
		return BRIDGES;
	if (function->parent &&
	    class_word_of(pcie_first_of_device(&audit->model.host->pci, function)) == WORD_GPU)
		return GPUS;
	return section_by_word[class_word_of(function)];
}

/* The VFs of a PF that stand in one line. */
struct vf_line {
	struct vf_span span;
	size_t verdicts[ASSIGNABLE_COUNT];
	unsigned cautions; /* of those that a guest can get: a bit of each kind */
	bool one_driver;
};

struct listing {
	struct function_table table;
	const struct audit *audit;
	struct vf_line *vf_lines; /* by the index of the PF */
	size_t staying;           /* with the host */
	size_t empty_ports;
};

static size_t index_of(const struct audit *audit, const struct pci_function *function)
{
	return (size_t)(function - audit->model.host->pci.functions);
}

static bool same_driver(const struct pci_function *a, const struct pci_function *b)
{
	if (!fact_known(&a->driver.fact) || !fact_known(&b->driver.fact))
		return a->driver.fact.state == b->driver.fact.state;
	return strcmp(a->driver.text, b->driver.text) == 0;
}

/* Returns whether the function is told in the line of its PF's VFs. */
static bool is_gathered(const struct listing *listing, const struct pci_function *function)
{
	return function->pf && !listing->table.text->options->verbose;
}

static void gather_vf(struct listing *listing, const struct pci_function *vf)
{
	const struct model *model = &listing->audit->model;
	struct vf_line *line = &listing->vf_lines[index_of(listing->audit, vf->pf)];
	enum assignable_verdict verdict = assignability_of(&model->assignability, vf)->verdict;

	vf_span_add(&line->span, vf);
	line->one_driver =
		line->span.first == vf || (line->one_driver && same_driver(line->span.first, vf));
	line->verdicts[verdict]++;
	if (verdict != ASSIGNABLE_BLOCKED)
		function_table_note(cautions_of(&model->cautions, vf), &line->cautions);
}

/* "250 assignable, 6 blocked". */
static const char *verdict_list(struct text *text, const struct vf_line *line)
{
	struct buffer list = {.arena = text->arena, .separator = ", "};

	for (size_t i = 0; i < ASSIGNABLE_COUNT; i++) {
		if (line->verdicts[i])
			buffer_item(&list, "%zu %s", line->verdicts[i],
				    assignable_verdict_name((enum assignable_verdict)i));
	}
	return buffer_text(&list);
}

/* Returns whether all have the verdict of the first. */
static bool has_one_verdict(const struct listing *listing, const struct vf_line *line,
			    enum assignable_verdict *ret)
{
	*ret = assignability_of(&listing->audit->model.assignability, line->span.first)->verdict;
	return line->verdicts[*ret] == line->span.count;
}

static const char *vf_driver(const struct vf_line *line)
{
	if (!line->one_driver)
		return "mixed";
	if (fact_known(&line->span.first->driver.fact))
		return line->span.first->driver.text;
	return fact_absent(&line->span.first->driver.fact) ? "-" : "?";
}

/* Marked as the line of a function is, where one of them has a caution. */
static const char *vf_verdict(struct listing *listing, const struct vf_line *line, const char *word)
{
	if (!line->cautions)
		return word;
	listing->table.cautioned++;
	return arena_printf(listing->table.text->arena, "%s!", word);
}

static int add_vf_line(struct listing *listing, const struct vf_line *line)
{
	struct text *text = listing->table.text;
	enum assignable_verdict verdict;
	bool mixed = !has_one_verdict(listing, line, &verdict);
	const char *words =
		mixed ? verdict_list(text, line) : vf_span_words(&line->span, text->arena);
	const char *cells[COLUMN_COUNT] = {
		[COLUMN_ADDRESS] = arena_printf(text->arena, "  %s",
						counted(text->arena, line->span.count, "VF")),
		[COLUMN_VERDICT] =
			vf_verdict(listing, line, mixed ? "…" : assignable_verdict_name(verdict)),
		[COLUMN_GROUP] = "",
		[COLUMN_DRIVER] = vf_driver(line),
		[COLUMN_VFS] = "",
		/* Which VFs they are comes first: the column may be cut off. */
		[COLUMN_NAME] =
			arena_printf(text->arena, "%s%s%s", words, line->cautions ? " " : "",
				     function_table_marks(&listing->table, line->cautions, NULL)),
	};
	struct libscols_line *shown = function_table_line(&listing->table, NULL, cells);

	listing->table.usable += line->verdicts[ASSIGNABLE] + line->verdicts[ASSIGNABLE_WITH];
	listing->table.blocked += line->verdicts[ASSIGNABLE_BLOCKED];
	if (!shown)
		return -ENOMEM;
	if (!mixed && function_verdict_color(verdict))
		scols_cell_set_color(scols_line_get_cell(shown, COLUMN_VERDICT),
				     function_verdict_color(verdict));
	return 0;
}

/* Functions of a card that are not GPUs stand below the heading, too. */
static bool has_more_than_gpus(const struct audit *audit)
{
	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		if (section_of(audit, function) == GPUS && class_word_of(function) != WORD_GPU)
			return true;
	}
	return false;
}

static int add_heading(struct listing *listing, enum section section)
{
	bool whole_cards = section == GPUS && has_more_than_gpus(listing->audit);
	struct libscols_line *line = function_table_heading(
		&listing->table, whole_cards ? "GPU cards" : section_names[section]);

	return line && scols_line_set_color(line, "bold") == 0 ? 0 : -ENOMEM;
}

static int add_function(struct listing *listing, const struct pci_function *function)
{
	const struct vf_line *vfs = &listing->vf_lines[index_of(listing->audit, function)];
	int result = function_table_add(&listing->table, NULL, " ", function);

	return result == 0 && vfs->span.count ? add_vf_line(listing, vfs) : result;
}

static int add_section(struct listing *listing, enum section section)
{
	const struct audit *audit = listing->audit;
	bool begun = false;
	int result = 0;

	for (size_t i = 0; result == 0 && i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		if (is_gathered(listing, function) || section_of(audit, function) != section)
			continue;
		if (!begun)
			result = add_heading(listing, section);
		begun = true;
		if (result == 0)
			result = add_function(listing, function);
	}
	return result;
}

static bool is_port(const struct pci_function *function)
{
	enum pcie_type type = function->pcie_type;

	return type == PCIE_ROOT_PORT || type == PCIE_DOWNSTREAM_PORT;
}

/* Looks at each function once, before any is listed. */
static int survey(struct listing *listing)
{
	const struct audit *audit = listing->audit;
	const struct pci *pci = &audit->model.host->pci;
	bool *has_child = arena_array(audit->arena, pci->count + 1, sizeof(*has_child));

	if (!has_child)
		return -ENOMEM;
	for (size_t i = 0; i < pci->count; i++) {
		if (pci->functions[i].parent)
			has_child[index_of(audit, pci->functions[i].parent)] = true;
	}
	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		if (is_gathered(listing, function))
			gather_vf(listing, function);
		if (!stays(audit, function))
			continue;
		listing->staying++;
		listing->empty_ports += is_port(function) && !has_child[index_of(audit, function)];
	}
	return 0;
}

static int list_sections(struct listing *listing)
{
	bool verbose = listing->table.text->options->verbose;
	size_t count = verbose ? SECTION_COUNT : BRIDGES;
	int result = 0;

	for (size_t i = 0; result == 0 && i < count; i++)
		result = add_section(listing, (enum section)i);
	return result;
}

/* What stays with the host is counted. */
static void show_staying(struct text *text, const struct listing *listing)
{
	size_t empty = listing->empty_ports;
	const char *by = text->options->verbose_by;

	if (text->options->verbose || !listing->staying)
		return;
	text_paragraph(text, 0, TEXT_DIM, "Not listed: %s with the host (bridges%s)%s%s%s",
		       counted_as(text->arena, listing->staying, "that stays", "that stay"),
		       empty ? arena_printf(text->arena, ", among them %s without a device",
					    counted(text->arena, empty, "port"))
			     : " and the like",
		       by ? "; " : "", by ? by : "", by ? " lists them" : "");
}

/* What a reader who looks for VFs does not see in the list. */
static void show_hidden_vfs(struct text *text, const struct audit *audit)
{
	struct buffer names = {.arena = text->arena, .separator = ", ", .most = MOST_HIDDEN};
	const struct pci_function *first = NULL;

	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		if (!vf_hiding_setting(audit->model.host, function, text->arena))
			continue;
		buffer_item(&names, "%s", function->name);
		first = first ? first : function;
	}
	if (first)
		text_paragraph(text, 0, TEXT_DIM,
			       "A setting of the adapter may hide VFs of %s: passcheck %s names it",
			       buffer_list(&names), first->name);
}

int text_functions(struct text *text, const struct audit *audit)
{
	size_t count = audit->model.host->pci.count;
	struct listing listing = {
		.audit = audit,
		.vf_lines = arena_array(text->arena, count + 1, sizeof(*listing.vf_lines)),
	};
	int result = function_table_begin(text, audit, false, &listing.table);

	if (!listing.vf_lines)
		result = -ENOMEM;
	if (result == 0)
		result = survey(&listing);
	if (result == 0)
		result = list_sections(&listing);
	if (result == 0)
		result = function_table_print(&listing.table);
	if (result == 0) {
		show_hidden_vfs(text, audit);
		show_staying(text, &listing);
		text_next(&listing.table);
	}
	function_table_free(&listing.table);
	return result;
}

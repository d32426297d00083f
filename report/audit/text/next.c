/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/text/next.h"

#include "model/class_word.h"
#include "model/own_commands.h"
#include "model/selector.h"
#include "model/shell.h"

static bool is_usable(enum assignable_verdict verdict)
{
	return verdict == ASSIGNABLE || verdict == ASSIGNABLE_WITH;
}

static bool is_blocked(enum assignable_verdict verdict)
{
	return verdict == ASSIGNABLE_BLOCKED;
}

/* Returns " (such as 0000:01:00.0)", of the functions of such a verdict the one that people look
 * for most. */
static const char *example(struct text *text, const struct audit *audit,
			   bool (*fits)(enum assignable_verdict verdict))
{
	const struct pci_function *best = NULL;

	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		if (fits(assignability_of(&audit->model.assignability, function)->verdict) &&
		    (!best || class_word_rank(function) < class_word_rank(best)))
			best = function;
	}
	return best ? arena_printf(text->arena, " (such as %s)", best->name) : "";
}

/* Returns " (such as 0000:01:00.0)", of a blocked function that can give guests VFs; NULL: none. */
static const char *example_of_vfs(struct text *text, const struct audit *audit)
{
	const struct model *model = &audit->model;

	for (size_t i = 0; i < audit->selection.count; i++) {
		const struct pci_function *function = audit->selection.functions[i];
		if (is_blocked(assignability_of(&model->assignability, function)->verdict) &&
		    usable_vfs_to_make(&model->usable_vfs, function))
			return arena_printf(text->arena, " (such as %s)", function->name);
	}
	return NULL;
}

/* Returns whether a plan can be for what a requirement names: for VFs of some function, or for one
 * that is blocked. */
static bool can_be_planned(const struct audit *audit, const struct requirement *wish)
{
	const struct pci *pci = &audit->model.host->pci;

	for (size_t i = 0; wish->selector && i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (selector_matches(wish->selector, function) &&
		    (wish->kind == REQUIRE_VFS ||
		     is_blocked(assignability_of(&audit->model.assignability, function)->verdict)))
			return true;
	}
	return false;
}

/* Requirements that are not met say nothing of the host as such. */
static bool is_unready(const struct audit *audit)
{
	const struct judged_findings *judged = &audit->judged;

	for (size_t i = 0; judged->verdict == HOST_NOT_READY && i < judged->count; i++) {
		if (judged->items[i]->verdict == FINDING_FAIL &&
		    judged_decides(judged, judged->items[i]))
			return true;
	}
	return false;
}

/* Returns the plan for the first requirement that is not met and that a plan can be for, or NULL.
 */
static const char *plan_for_unmet(struct text *text, const struct audit *audit)
{
	for (size_t i = 0; i < audit->requirement_count; i++) {
		const struct requirement_result *result = &audit->requirements[i];
		const struct requirement *wish = result->requirement;
		if (result->state != REQUIREMENT_UNMET || !can_be_planned(audit, wish))
			continue;
		const char *selector = shell_word(text->arena, wish->selector);
		if (wish->kind == REQUIRE_VFS)
			return arena_printf(text->arena, OWN_PLAN_VFS_COUNT "%u %s", wish->count,
					    selector);
		if (wish->kind == REQUIRE_PASSTHROUGH)
			return arena_printf(text->arena, OWN_PLAN " %s", selector);
	}
	return NULL;
}

void text_next(const struct function_table *table)
{
	const struct audit *audit = table->audit;
	struct text *text = table->text;
	const char *required = plan_for_unmet(text, audit);
	bool unready = is_unready(audit);
	bool usable = table->usable;
	const char *such = usable ? example(text, audit, is_usable) : "";
	const char *vfs = usable ? NULL : example_of_vfs(text, audit);

	if (required)
		text_paragraph(text, 0, TEXT_DIM,
			       "Next: %s prints the steps to what is required, or what is in the "
			       "way",
			       required);
	else if (unready)
		text_paragraph(text, 0, TEXT_DIM,
			       "Next: " OWN_PLAN " prints the steps to a ready host, or what is "
			       "in the way%s%s%s",
			       usable ? "; " OWN_PLAN " FUNCTION" : "", such,
			       usable ? " those that assign the function to a guest" : "");
	else if (usable)
		text_paragraph(text, 0, TEXT_DIM,
			       "Next: " OWN_PLAN " FUNCTION%s prints the commands that assign the "
			       "function to a guest",
			       such);
	else if (table->blocked && vfs)
		text_paragraph(text, 0, TEXT_DIM,
			       "Next: " OWN_PLAN_VFS " FUNCTION%s prints the commands that make "
			       "VFs of it for guests; passcheck FUNCTION says what blocks a "
			       "function",
			       vfs);
	else if (table->blocked)
		text_paragraph(text, 0, TEXT_DIM,
			       "Next: passcheck FUNCTION%s says what blocks the function, " OWN_PLAN
			       " FUNCTION what can be done",
			       example(text, audit, is_blocked));
}

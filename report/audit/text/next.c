/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/text/next.h"

#include "model/class_word.h"
#include "model/own_commands.h"

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

void text_next(const struct function_table *table)
{
	const struct audit *audit = table->audit;
	struct text *text = table->text;
	bool unready = audit->judged.verdict == HOST_NOT_READY;
	bool usable = table->usable;
	const char *such = usable ? example(text, audit, is_usable) : "";

	if (unready)
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
	else if (table->blocked)
		text_paragraph(text, 0, TEXT_DIM,
			       "Next: passcheck FUNCTION%s says what blocks the function, " OWN_PLAN
			       " FUNCTION what can be done",
			       example(text, audit, is_blocked));
}

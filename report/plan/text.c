/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "report/findings/caution.h"
#include "report/plan/plan_document.h"
#include "report/plan/render.h"
#include "report/plan/words.h"
#include "report/write/text.h"

enum { NUMBER_WIDTH = 4, COMMAND_INDENT = 6 };

static const enum text_color colors[] = {
	[PLAN_COMPLETE] = TEXT_GREEN,
	[PLAN_UNDETERMINED] = TEXT_MAGENTA,
	[PLAN_OBSTRUCTED] = TEXT_RED,
};

ASSERT_COVERS(colors, PLAN_VERDICT_COUNT);

static void show_sentence(struct text *text, const char *sentence)
{
	if (sentence)
		text_paragraph(text, 2, TEXT_PLAIN, "%s", sentence);
}

static void show_lines(struct text *text, const char *label, const struct text_line *line)
{
	for (; line; line = line->next)
		text_paragraph(text, 2, TEXT_PLAIN, "%s: %s", label, line->text);
}

static void show_help(struct text *text, const struct plan_help *help)
{
	for (; help; help = help->next) {
		text_remedy(text, 2, help->remedy);
		for (const struct remedy_command *command = help->commands; command;
		     command = command->next)
			text_command(text, COMMAND_INDENT, command->text);
	}
}

/* Returns whether an obstacle has told what helps. */
static bool is_told(const struct plan *plan, const char *remedy)
{
	for (const struct text_line *line = plan->obstacles; remedy && line; line = line->next) {
		if (strstr(line->text, remedy))
			return true;
	}
	return false;
}

static void show_remark(struct text *text, const struct plan *plan,
			const struct plan_told_remark *told)
{
	struct caution caution = *told->remark->caution;

	if (is_told(plan, caution.remedy))
		caution.remedy = NULL;
	text_caution(text, 2,
		     arena_printf(text->arena, "%s: %s%s",
				  told->remark->known ? "Caution" : "Not known",
				  told->remark->function->name, told->others),
		     &caution);
}

static void show_remarks(struct text *text, const struct plan_document *document)
{
	size_t count;
	const struct plan_told_remark *told = plan_told_remarks(document, &count);

	for (size_t i = 0; i < count; i++)
		show_remark(text, &document->plan, &told[i]);
}

static void show_commands(struct text *text, const struct plan_command *command)
{
	for (; command; command = command->next)
		text_command(text, COMMAND_INDENT, command->text);
}

static void show_step(struct text *text, const struct plan_step *step, size_t number)
{
	fprintf(text->out, "%2zu. ", number);
	text_continue(text, NUMBER_WIDTH, "%s", step->summary);
	if (step->why)
		text_paragraph(text, NUMBER_WIDTH, TEXT_DIM, "(%s)", step->why);
	show_commands(text, step->commands);
	for (const struct plan_alternative *other = step->alternatives; other;
	     other = other->next) {
		text_paragraph(text, NUMBER_WIDTH, TEXT_PLAIN, "or %s:", other->summary);
		show_commands(text, other->commands);
	}
}

static void show_steps(struct text *text, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (i == 0 || plan->steps[i].stage != plan->steps[i - 1].stage)
			text_heading(text, plan_stage_heading(plan, plan->steps[i].stage));
		show_step(text, &plan->steps[i], i + 1);
	}
}

static void show_way_back(struct text *text, const struct text_line *command)
{
	if (command)
		text_heading(text, "To take it back later");
	for (; command; command = command->next)
		text_command(text, COMMAND_INDENT, command->text);
}

int plan_render_text(const void *plan_document, const struct render_options *options, FILE *out)
{
	const struct plan_document *document = plan_document;
	const struct plan *plan = &document->plan;
	struct text text = {.options = options, .arena = document->arena, .out = out};
	const char *who = plan_who_runs(plan);

	text_paragraph(&text, 0, colors[plan->verdict], "%s%s%s", plan_headline(document),
		       who ? ". " : "", who ? who : "");
	show_sentence(&text, plan_whom_for(document));
	show_sentence(&text, plan_how_far(document));
	show_sentence(&text, plan_after_vfs(document));
	show_sentence(&text, plan_shorter_way(document));
	show_sentence(&text, plan_of_host(document));
	show_sentence(&text, plan_in_vain(document));
	show_lines(&text, "Obstacle", plan->obstacles);
	show_lines(&text, "Not known", plan->unknowns);
	show_help(&text, document->help);
	show_remarks(&text, document);
	show_steps(&text, plan);
	show_way_back(&text, plan_way_back(document));
	return arena_failed(document->arena) ? -ENOMEM : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/access/array.h"
#include "host/access/buffer.h"
#include "report/findings/caution.h"
#include "report/plan/plan_document.h"
#include "report/plan/render.h"
#include "report/write/text.h"

enum { NUMBER_WIDTH = 4, COMMAND_INDENT = 6 };

static const char *const undo_headings[] = {
	[PLAN_FIRMWARE] = "In the firmware setup",
	[PLAN_BOOT] = "For the next boot",
	[PLAN_NOW] = "Now",
	[PLAN_PERSIST] = "At the next boot, too",
	[PLAN_GUEST] = "In the guest's configuration",
};

ASSERT_COVERS(undo_headings, PLAN_STAGE_COUNT);

static const char *const stage_headings[] = {
	[PLAN_FIRMWARE] = "In the firmware setup",
	[PLAN_BOOT] = "For the next boot",
	[PLAN_NOW] = "Now",
	[PLAN_PERSIST] = "To keep it so over reboots",
	[PLAN_GUEST] = "To assign it to the guest",
};

ASSERT_COVERS(stage_headings, PLAN_STAGE_COUNT);

struct headline {
	const char *text;
	enum text_color color;
};

static const struct headline headlines[] = {
	[PLAN_COMPLETE] = {"These steps reach the goal. passcheck runs none of them: you do",
			   TEXT_GREEN},
	[PLAN_UNDETERMINED] = {"Cannot tell whether these steps suffice", TEXT_MAGENTA},
	[PLAN_OBSTRUCTED] = {"No steps reach the goal", TEXT_RED},
};

ASSERT_COVERS(headlines, PLAN_VERDICT_COUNT);

static void show_lines(struct text *text, const char *label, const struct text_line *line)
{
	for (; line; line = line->next)
		text_paragraph(text, 2, TEXT_PLAIN, "%s: %s", label, line->text);
}

static void show_remarks(struct text *text, const struct plan_remark *remark)
{
	for (; remark; remark = remark->next)
		text_caution(text, 2,
			     arena_printf(text->arena, "%s: %s",
					  remark->known ? "Caution" : "Not known",
					  remark->function->name),
			     remark->caution);
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
			text_heading(text, plan->undo ? undo_headings[plan->steps[i].stage]
						      : stage_headings[plan->steps[i].stage]);
		show_step(text, &plan->steps[i], i + 1);
	}
}

static const char *names(struct text *text, const struct selection *selection)
{
	struct buffer names = {.arena = text->arena, .separator = " "};

	for (size_t i = 0; i < selection->count; i++)
		buffer_item(&names, "%s", selection->functions[i]->name);
	return buffer_text(&names);
}

/* Only a plan of which libvirt would spare steps says so. */
static void show_other_way(struct text *text, const struct plan_document *document)
{
	const struct plan *plan = &document->plan;

	if (!plan->managed_does || plan->how != PLAN_HOW_BOOT || plan->obstacles || !plan->count)
		return;
	text_paragraph(text, 2, TEXT_PLAIN,
		       "Shorter: libvirt takes them from their drivers when the guest starts, and "
		       "gives them back when it ends (managed='yes'): passcheck plan --how managed "
		       "%s",
		       names(text, &document->selection));
}

/* How to come back is asked for when it is wanted: what is in place then is looked for. */
static void show_way_back(struct text *text, const struct plan_document *document)
{
	const struct plan *plan = &document->plan;

	for (size_t i = 0; i < plan->count; i++) {
		if (!plan->steps[i].undo)
			continue;
		text_heading(text, "To take it back later");
		text_command(text, COMMAND_INDENT,
			     arena_printf(text->arena, "passcheck plan --undo%s%s",
					  document->selection.count ? " " : "",
					  names(text, &document->selection)));
		return;
	}
}

int plan_render_text(const void *plan_document, const struct render_options *options, FILE *out)
{
	const struct plan_document *document = plan_document;
	const struct plan *plan = &document->plan;
	struct text text = {.options = options, .arena = document->arena, .out = out};
	const struct headline *headline = &headlines[plan->verdict];

	if (plan->verdict == PLAN_COMPLETE && plan->count == 0)
		text_paragraph(&text, 0, TEXT_GREEN,
			       plan->undo ? "Nothing of a plan is in place"
					  : "Nothing is left to do");
	else
		text_paragraph(&text, 0, headline->color, "%s", headline->text);
	show_other_way(&text, document);
	show_lines(&text, "Obstacle", plan->obstacles);
	show_lines(&text, "Not known", plan->unknowns);
	show_remarks(&text, plan->remarks);
	show_steps(&text, plan);
	if (!plan->undo)
		show_way_back(&text, document);
	return arena_failed(document->arena) ? -ENOMEM : 0;
}

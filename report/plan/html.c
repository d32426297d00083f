/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/plan/render.h"
#include "report/plan/words.h"
#include "report/write/html.h"

/* Words of the page's style. */
static const char *const classes[] = {
	[PLAN_COMPLETE] = "v ready",
	[PLAN_UNDETERMINED] = "v undetermined",
	[PLAN_OBSTRUCTED] = "v not-ready",
};

ASSERT_COVERS(classes, PLAN_VERDICT_COUNT);

static const char *subject(const struct plan_document *document)
{
	struct buffer names = {.arena = document->arena, .separator = ", "};

	for (size_t i = 0; i < document->selection.count; i++)
		buffer_item(&names, "%s", document->selection.functions[i]->name);
	return arena_printf(document->arena, "%s %s",
			    document->plan.undo ? "The way back for" : "Plan for",
			    names.count ? buffer_text(&names) : "the host");
}

static void write_header(struct html *html, const struct plan_document *document)
{
	const char *who = plan_who_runs(&document->plan);
	const char *sentences[] = {plan_whom_for(document),  plan_how_far(document),
				   plan_after_vfs(document), plan_shorter_way(document),
				   plan_of_host(document),   plan_in_vain(document)};

	html_start(html, "header", NULL);
	html_element(html, "p", "subject", subject(document));
	html_start(html, "h1", classes[document->plan.verdict]);
	html_text(html, plan_headline(document));
	html_end(html);
	if (who)
		html_element(html, "p", "lead", who);
	for (size_t i = 0; i < ARRAY_LENGTH(sentences); i++) {
		if (sentences[i])
			html_element(html, "p", "lead", sentences[i]);
	}
	html_end(html);
	html_newline(html);
}

/* Obstacles, and what is not known. */
static void write_lines(struct html *html, const char *id, const char *heading, const char *class,
			const struct text_line *line)
{
	if (!line)
		return;
	html_section(html, id, heading);
	html_start(html, "ul", "plain");
	for (; line; line = line->next) {
		html_start(html, "li", class);
		html_element(html, "b", "v", "");
		html_text(html, line->text);
		html_end(html);
		html_newline(html);
	}
	html_end(html);
	html_end(html);
	html_newline(html);
}

static void write_help(struct html *html, const struct plan_help *help)
{
	if (!help)
		return;
	html_section(html, "help", "What helps");
	html_start(html, "ul", "plain");
	for (; help; help = help->next) {
		html_start(html, "li", NULL);
		html_element(html, "p", "remedy", help->remedy);
		for (const struct remedy_command *command = help->commands; command;
		     command = command->next)
			html_copy(html, command->text);
		html_end(html);
		html_newline(html);
	}
	html_end(html);
	html_end(html);
	html_newline(html);
}

static void write_remark(struct html *html, const struct plan_told_remark *told)
{
	const struct plan_remark *remark = told->remark;
	const struct caution *caution = remark->caution;

	html_start(html, "li", remark->known ? "warn" : "unknown");
	html_element(html, "b", "v", remark->known ? "caution" : "not known");
	html_format(html, " %s%s: %s ", remark->function->name, told->others, caution->why);
	html_element(html, "code", NULL, caution->finding);
	if (caution->remedy)
		html_element(html, "p", "remedy", caution->remedy);
	for (const struct text_line *line = caution->commands; line; line = line->next)
		html_copy(html, line->text);
	html_end(html);
	html_newline(html);
}

static void write_remarks(struct html *html, const struct plan_document *document)
{
	size_t count;
	const struct plan_told_remark *told = plan_told_remarks(document, &count);

	if (!count)
		return;
	html_section(html, "cautions", "What to know before");
	html_start(html, "ul", "steps");
	for (size_t i = 0; i < count; i++)
		write_remark(html, &told[i]);
	html_end(html);
	html_end(html);
	html_newline(html);
}

/* The commands of a step are copied together: they are run in order. */
static void write_commands(struct html *html, const struct plan_command *command)
{
	struct buffer lines = {.arena = html->arena, .separator = "\n"};

	for (; command; command = command->next)
		buffer_item(&lines, "%s", command->text);
	if (lines.count)
		html_copy(html, buffer_text(&lines));
}

static void write_step(struct html *html, const struct plan_step *step, size_t number)
{
	html_start(html, "li", NULL);
	html_attribute(html, "id", "step-%zu", number);
	html_start(html, "label", NULL);
	html_start(html, "input", NULL);
	html_attribute(html, "type", "checkbox");
	html_attribute(html, "autocomplete", "off");
	html_end_void(html);
	html_format(html, " %zu. %s", number, step->summary);
	html_end(html);
	if (step->why)
		html_element(html, "p", "dim", step->why);
	write_commands(html, step->commands);
	for (const struct plan_alternative *other = step->alternatives; other;
	     other = other->next) {
		html_element(html, "p", NULL, arena_printf(html->arena, "or %s:", other->summary));
		write_commands(html, other->commands);
	}
	html_end(html);
	html_newline(html);
}

static void write_steps(struct html *html, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		enum plan_stage stage = plan->steps[i].stage;
		if (i == 0 || stage != plan->steps[i - 1].stage) {
			html_section(html, plan_stage_name(stage), plan_stage_heading(plan, stage));
			html_start(html, "ul", "steps");
		}
		write_step(html, &plan->steps[i], i + 1);
		if (i + 1 < plan->count && plan->steps[i + 1].stage == stage)
			continue;
		html_end(html);
		html_end(html);
		html_newline(html);
	}
}

static void write_way_back(struct html *html, const struct plan_document *document)
{
	const struct text_line *command = plan_way_back(document);

	if (!command)
		return;
	html_section(html, "back", "To take it back later");
	html_start(html, "div", "steps");
	for (; command; command = command->next)
		html_copy(html, command->text);
	html_end(html);
	html_end(html);
	html_newline(html);
}

int plan_render_html(const void *plan_document, const struct render_options *options, FILE *out)
{
	const struct plan_document *document = plan_document;
	const struct plan *plan = &document->plan;
	struct html html;

	(void)options;
	html_open(&html, document->arena,
		  arena_printf(document->arena, "%s · passcheck", subject(document)), out);
	write_header(&html, document);
	html_start(&html, "main", NULL);
	write_lines(&html, "obstacles", "Obstacles", "fail", plan->obstacles);
	write_help(&html, document->help);
	write_lines(&html, "unknowns", "Not known", "unknown", plan->unknowns);
	write_remarks(&html, document);
	write_steps(&html, plan);
	write_way_back(&html, document);
	html_end(&html);
	int closed = html_close(&html);
	return arena_failed(document->arena) ? -ENOMEM : closed;
}

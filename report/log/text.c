/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/findings/text.h"
#include "report/log/log_report.h"
#include "report/log/render.h"
#include "report/write/text.h"

/* A screen holds no more; the verbose report has all. */
enum { INDENT = 6, MOST_SHOWN = 8, MOST_FUNCTIONS = 6 };

struct label {
	const char *text;
	enum text_color color;
};

static const struct label cause_labels[] = {
	[LOG_OPEN] = {"?", TEXT_MAGENTA},
	[LOG_CONFIRMED] = {"CAUSE", TEXT_RED},
	[LOG_REFUTED] = {"PAST", TEXT_GREEN},
};

ASSERT_COVERS(cause_labels, LOG_CAUSE_COUNT);

static void show_head(struct text *text, const struct log_report *report)
{
	const struct log_findings *log = report->log;

	text_paragraph(text, 0, text_verdict(report->verdict).color, "Log: %s: %s",
		       log_report_headline(report), log_report_counts(report));
	if (report->verdict == HOST_READY && !report->count)
		text_paragraph(
			text, 0, TEXT_PLAIN,
			"Something may be wrong all the same: passcheck domain FILE checks a "
			"guest against the host");
	if (report->not_asked_why)
		text_paragraph(text, 0, TEXT_PLAIN, "Judged by the lines alone: %s",
			       report->not_asked_why);
	for (const struct text_line *line = report->unread; line; line = line->next)
		text_paragraph(text, 0, TEXT_MAGENTA, "Not read: %s", line->text);
	if (log->boots > 1)
		text_paragraph(text, 0, TEXT_PLAIN,
			       "The log has %zu boots; the last one counts (Linux %s)", log->boots,
			       log->release);
	if (log->events_left_out)
		text_paragraph(
			text, 0, TEXT_YELLOW, "%s left out: there are too many different messages",
			counted_as(text->arena, log->events_left_out, "line is", "lines are"));
}

static const struct label *label_of(const struct log_told *told)
{
	static const struct label harmless = {"fine", TEXT_DIM};

	return told->severity == LOG_HARMLESS ? &harmless : &cause_labels[told->cause];
}

static const char *name_findings(struct text *text, const struct log_told *told)
{
	struct buffer ids = {.arena = text->arena, .separator = ", "};

	for (size_t i = 0; i < told->finding_count; i++)
		buffer_item(&ids, "%s", told->findings[i]);
	return buffer_text(&ids);
}

static void show_message(struct text *text, const struct log_told *told)
{
	const struct label *label = label_of(told);

	fprintf(text->out, "\n%s%-*s%s", text_color(text, label->color), INDENT, label->text,
		text->options->color ? "\033[0m" : "");
	text_continue(text, INDENT, "%s [%s]", told->text, told->event->message->id);
	text_paragraph(text, INDENT, TEXT_DIM, "%s", log_told_place(text->arena, told));
	text_paragraph(text, INDENT, TEXT_PLAIN, "%s", told->event->message->meaning);
	if (told->why)
		text_paragraph(text, INDENT, TEXT_PLAIN, "%s", told->why);
	if (told->cause == LOG_OPEN && told->finding_count)
		text_paragraph(text, INDENT, TEXT_DIM, "findings to look for: %s",
			       name_findings(text, told));
}

/* A message whose cause another one tells takes a line. */
static void show_follower(struct text *text, const struct log_told *told)
{
	text_paragraph(text, INDENT, TEXT_DIM, "same cause: %s [%s] (%s)", told->text,
		       told->event->message->id, log_told_place(text->arena, told));
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* What is told alike of several functions is told once; the verbose report has each. */
static bool is_alike(const struct log_told *a, const struct log_told *b)
{
	return a->event->message == b->event->message && a->severity == b->severity &&
	       a->cause == b->cause && !a->because && !b->because && is_same_text(a->why, b->why) &&
	       is_same_text(a->remedy, b->remedy) && a->event->values.has_function &&
	       b->event->values.has_function;
}

/* Marks the messages from index on that are like it as shown, and names their functions. */
static void show_others(struct text *text, const struct log_report *report, size_t index,
			bool *shown)
{
	struct buffer names = {.arena = text->arena, .separator = ", ", .most = MOST_FUNCTIONS};
	char address[PCI_ADDRESS_SIZE];

	for (size_t i = index + 1; i < report->count; i++) {
		const struct log_told *told = &report->messages[i];
		if (shown[i] || !is_alike(&report->messages[index], told))
			continue;
		shown[i] = true;
		pci_address_format(&told->event->values.function, address);
		buffer_item(&names, "%s", address);
	}
	if (names.count)
		text_paragraph(text, INDENT, TEXT_PLAIN, "the same for %s", buffer_list(&names));
}

static bool is_wanted(const struct text *text, const struct log_told *told)
{
	if (text->options->verbose)
		return true;
	if (told->severity == LOG_HARMLESS)
		return false;
	return !text->options->quiet || told->cause == LOG_CONFIRMED;
}

/* Shows a message with those that it explains, which stand behind it. */
static void show_story(struct text *text, const struct log_report *report, size_t index,
		       bool *shown)
{
	const struct log_told *told = &report->messages[index];

	show_message(text, told);
	for (size_t i = index + 1; i < report->count && report->messages[i].because == told; i++) {
		shown[i] = true;
		show_follower(text, &report->messages[i]);
	}
	if (!text->options->verbose)
		show_others(text, report, index, shown);
	if (told->remedy)
		text_remedy(text, INDENT, told->remedy);
}

static void show_messages(struct text *text, const struct log_report *report)
{
	bool *shown = arena_array(text->arena, report->count + 1, sizeof(*shown));
	size_t stories = 0, left_out = 0;

	for (size_t i = 0; shown && i < report->count; i++) {
		const struct log_told *told = &report->messages[i];
		if (shown[i] || !is_wanted(text, told) ||
		    (told->because && told->severity != LOG_HARMLESS))
			continue;
		if (!text->options->verbose && stories == MOST_SHOWN) {
			left_out++;
			continue;
		}
		stories++;
		show_story(text, report, i, shown);
	}
	if (!left_out || !text->options->verbose_by)
		return;
	fputc('\n', text->out);
	text_paragraph(text, 0, TEXT_PLAIN, "%zu more (%s shows them)", left_out,
		       text->options->verbose_by);
}

int log_render_text(const void *log_report, const struct render_options *options, FILE *out)
{
	const struct log_report *report = log_report;
	struct text text = {.options = options, .arena = report->arena, .out = out};

	show_head(&text, report);
	show_messages(&text, report);
	return arena_failed(report->arena) ? -ENOMEM : 0;
}

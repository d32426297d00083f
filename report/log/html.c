/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "report/log/log_report.h"
#include "report/log/render.h"
#include "report/write/html.h"

/* The colours of findings that are as bad. */
static const char *const cause_classes[] = {
	[LOG_OPEN] = "unknown",
	[LOG_CONFIRMED] = "fail",
	[LOG_REFUTED] = "pass",
};

ASSERT_COVERS(cause_classes, LOG_CAUSE_COUNT);

static const char *const causes[] = {
	[LOG_OPEN] = "open",
	[LOG_CONFIRMED] = "cause",
	[LOG_REFUTED] = "not now",
};

ASSERT_COVERS(causes, LOG_CAUSE_COUNT);

static void write_head(struct html *html, const struct log_report *report)
{
	html_start(html, "header", NULL);
	html_start(html, "h1",
		   arena_printf(html->arena, "v %s", host_verdict_name(report->verdict)));
	html_format(html, "What the log says: %s", log_report_headline(report));
	html_end(html);
	html_start(html, "p", "lead");
	html_format(html, "%s.", log_report_counts(report));
	html_end(html);
	if (report->not_asked_why) {
		html_start(html, "p", NULL);
		html_format(html, "Judged by the lines alone: %s.", report->not_asked_why);
		html_end(html);
	}
	for (const struct text_line *line = report->unread; line; line = line->next) {
		html_start(html, "p", NULL);
		html_format(html, "Not read: %s", line->text);
		html_end(html);
	}
	html_end(html);
	html_newline(html);
}

static void write_findings(struct html *html, const struct log_told *told)
{
	if (!told->finding_count)
		return;
	html_start(html, "p", "id");
	html_text(html, "Findings:");
	for (size_t i = 0; i < told->finding_count; i++) {
		html_text(html, i ? ", " : " ");
		html_element(html, "code", NULL, told->findings[i]);
	}
	html_end(html);
}

static void write_place(struct html *html, const struct log_told *told)
{
	html_start(html, "p", "id");
	html_element(html, "code", NULL, told->event->message->id);
	html_format(html, ", %s", log_told_place(html->arena, told));
	html_end(html);
}

static void write_message(struct html *html, const struct log_told *told)
{
	bool harmless = told->severity == LOG_HARMLESS;
	const char *class = harmless ? "pass" : cause_classes[told->cause];

	html_finding(html, class, !harmless, harmless ? "harmless" : causes[told->cause],
		     told->text);
	html_element(html, "p", NULL, told->event->message->meaning);
	if (told->why)
		html_element(html, "p", NULL, told->why);
	if (told->because) {
		html_start(html, "p", NULL);
		html_format(html, "Its cause is that of: %s", told->because->text);
		html_end(html);
	}
	if (told->remedy)
		html_remedy(html, told->remedy);
	write_findings(html, told);
	write_place(html, told);
	html_end(html);
	html_newline(html);
}

int log_render_html(const void *document, const struct render_options *options, FILE *out)
{
	const struct log_report *report = document;
	struct html html;

	(void)options;
	html_open(&html, report->arena, "What a log says · passcheck", out);
	write_head(&html, report);
	html_start(&html, "main", NULL);
	html_section(&html, "messages", "Messages");
	for (size_t i = 0; i < report->count; i++)
		write_message(&html, &report->messages[i]);
	if (!report->count)
		html_element(&html, "p", NULL, "No line is a message that passcheck knows.");
	html_end(&html);
	html_end(&html);
	int closed = html_close(&html);
	return arena_failed(report->arena) ? -ENOMEM : closed;
}

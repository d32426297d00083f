/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/text.h"

#include <errno.h>
#include <string.h>

#include "host/access/array.h"
#include "host/access/buffer.h"

enum { LABEL_WIDTH = 6, MOST_SUBJECTS = 6 };

struct text_headline text_headline(enum host_verdict verdict)
{
	static const struct text_headline headlines[] = {
		[HOST_READY] = {"READY", TEXT_GREEN},
		[HOST_NOT_READY] = {"NOT READY", TEXT_RED},
		[HOST_UNDETERMINED] = {"UNDETERMINED", TEXT_MAGENTA},
	};
	ASSERT_COVERS(headlines, HOST_VERDICT_COUNT);

	return headlines[verdict];
}

struct label {
	const char *text;
	enum text_color color;
};

static const struct label labels[] = {
	[FINDING_PASS] = {"PASS", TEXT_GREEN},  [FINDING_NOT_APPLICABLE] = {"N/A", TEXT_DIM},
	[FINDING_WARN] = {"WARN", TEXT_YELLOW}, [FINDING_UNKNOWN] = {"?", TEXT_MAGENTA},
	[FINDING_FAIL] = {"FAIL", TEXT_RED},
};

ASSERT_COVERS(labels, FINDING_VERDICT_COUNT);

static bool is_shown(const struct text *text, const struct judged_findings *judged,
		     const struct finding *finding)
{
	if (text->options->verbose)
		return true;
	if (text->options->quiet)
		return finding->verdict == FINDING_FAIL || judged_decides(judged, finding);
	return finding->verdict != FINDING_PASS && finding->verdict != FINDING_NOT_APPLICABLE;
}

static void show_evidence(struct text *text, const struct evidence *evidence)
{
	if (evidence->value)
		text_paragraph(text, LABEL_WIDTH, TEXT_DIM, "%s: %s", evidence->source,
			       evidence->value);
	else if (evidence->error == EHOSTDOWN)
		text_paragraph(text, LABEL_WIDTH, TEXT_DIM, "%s: not read: it sleeps (D3cold)",
			       evidence->source);
	else if (evidence->error)
		text_paragraph(text, LABEL_WIDTH, TEXT_DIM, "%s: %s (%s)", evidence->source,
			       fact_state_name(evidence->state), strerror(evidence->error));
	else
		text_paragraph(text, LABEL_WIDTH, TEXT_DIM, "%s: %s", evidence->source,
			       fact_state_name(evidence->state));
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Returns whether an earlier piece of the finding's evidence says the same. */
static bool is_repeated(const struct finding *finding, const struct evidence *evidence)
{
	const struct evidence *item = finding->evidence;

	while (item != evidence &&
	       !(item->state == evidence->state && item->error == evidence->error &&
		 is_same_text(item->source, evidence->source) &&
		 is_same_text(item->value, evidence->value)))
		item = item->next;
	return item != evidence;
}

/* Returns what a summary says behind its colon, the reason, or "" where it has none. */
static const char *reason_of(const struct finding *finding)
{
	const char *colon = strstr(finding->summary, ": ");

	return colon ? colon : "";
}

/* What is said alike of several subjects, for the same reason and with the same remedy, is said
 * once; the verbose report has each. */
static bool is_alike(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->verdict == b->verdict &&
	       a->subject.type == b->subject.type && is_same_text(a->remedy, b->remedy) &&
	       strcmp(reason_of(a), reason_of(b)) == 0 && a->subject.type != SUBJECT_HOST &&
	       a->subject.type != SUBJECT_DOMAIN;
}

/* Marks the findings from index on that are like it as shown, and names their subjects. */
static void show_others(struct text *text, const struct judged_findings *judged, size_t index,
			bool *shown)
{
	const struct finding *finding = judged->items[index];
	struct buffer subjects = {.arena = text->arena, .separator = ", ", .most = MOST_SUBJECTS};

	for (size_t i = index + 1; i < judged->count; i++) {
		if (!is_alike(finding, judged->items[i]))
			continue;
		shown[i] = true;
		buffer_item(&subjects, "%s", judged->items[i]->subject.id);
	}
	const char *verbose_by = subjects.count > MOST_SUBJECTS ? text->options->verbose_by : NULL;
	if (subjects.count)
		text_paragraph(text, LABEL_WIDTH, TEXT_PLAIN, "the same for %s%s %s%s%s%s",
			       finding->subject.type == SUBJECT_GROUP ? "group" : "function",
			       subjects.count > 1 ? "s" : "", buffer_list(&subjects),
			       verbose_by ? " (" : "", verbose_by ? verbose_by : "",
			       verbose_by ? " names them)" : "");
}

static void show_finding(struct text *text, const struct finding *finding)
{
	const struct label *label = &labels[finding->verdict];

	fprintf(text->out, "%s%-*s%s", text_color(text, label->color), LABEL_WIDTH, label->text,
		text->options->color ? "\033[0m" : "");
	text_continue(text, LABEL_WIDTH, "%s [%s]", finding->summary, finding->kind->id);
	for (const struct evidence *item = finding->evidence; item; item = item->next) {
		if (!is_repeated(finding, item))
			show_evidence(text, item);
	}
}

static void show_remedy(struct text *text, const struct finding *finding)
{
	if (!finding->remedy)
		return;
	text_remedy(text, LABEL_WIDTH, finding->remedy);
	for (const struct remedy_command *command = finding->commands; command;
	     command = command->next)
		text_command(text, LABEL_WIDTH + 2, command->text);
}

void text_findings(struct text *text, const struct judged_findings *judged)
{
	bool *shown = arena_array(text->arena, judged->count + 1, sizeof(*shown));

	if (!shown)
		return;
	for (size_t i = 0; i < judged->count; i++) {
		const struct finding *finding = judged->items[i];
		if (shown[i] || !is_shown(text, judged, finding))
			continue;
		fputc('\n', text->out);
		show_finding(text, finding);
		if (!text->options->verbose)
			show_others(text, judged, i, shown);
		show_remedy(text, finding);
	}
}

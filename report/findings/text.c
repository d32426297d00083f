/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/text.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/findings/alike.h"
#include "report/findings/fold.h"

enum {
	LABEL_WIDTH = 6,
	COMMAND_INDENT = 10, /* beyond the words of a remedy, also where they are wrapped */
	MOST_SUBJECTS = 6,
	MOST_EVIDENCE = 3,
	MOST_SOURCES = 6,
	MOST_OPEN_IDS = 6,
	MOST_LOOKED_AT = 64,
};

struct text_verdict text_verdict(enum host_verdict verdict)
{
	static const struct text_verdict looks[] = {
		[HOST_READY] = {"ready", TEXT_GREEN},
		[HOST_NOT_READY] = {"not ready", TEXT_RED},
		[HOST_UNDETERMINED] = {"undetermined", TEXT_MAGENTA},
	};
	ASSERT_COVERS(looks, HOST_VERDICT_COUNT);

	return looks[verdict];
}

const char *text_counts(struct text *text, const struct verdict_counts *counts)
{
	size_t failed = counts->of[FINDING_FAIL], warned = counts->of[FINDING_WARN];
	struct buffer list = {.arena = text->arena, .separator = ", "};

	if (failed)
		buffer_item(&list, "%s", counted(text->arena, failed, "failure"));
	if (counts->of[FINDING_UNKNOWN])
		buffer_item(&list, "%zu unknown", counts->of[FINDING_UNKNOWN]);
	if (warned)
		buffer_item(&list, "%s", counted(text->arena, warned, "warning"));
	return list.count ? arena_printf(text->arena, " (%s)", buffer_text(&list)) : "";
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

/* What picks the findings of a report. */
struct pick {
	const struct render_options *options;
	const struct judged_findings *judged;
	const struct finding_filter *news; /* NULL: all */
	/* Where the report is quiet, what its findings follow from, by address. */
	const struct finding **causes;
	size_t cause_count;
};

static bool is_loud(const struct judged_findings *judged, const struct finding *finding)
{
	return judged_fails(judged, finding) || judged_decides(judged, finding);
}

static int compare_addresses(const void *left, const void *right)
{
	const struct finding *const *a = left, *const *b = right;

	return (*a > *b) - (*a < *b);
}

/* Of what follows from another finding, that one has the remedy. */
static void pick_causes(struct pick *pick, struct arena *arena)
{
	const struct judged_findings *judged = pick->judged;

	pick->causes = arena_array(arena, judged->count + 1, sizeof(*pick->causes));
	for (size_t i = 0; pick->causes && i < judged->count; i++) {
		if (judged->causes[i] != JUDGED_ALONE && is_loud(judged, judged->items[i]))
			pick->causes[pick->cause_count++] = judged->items[judged->causes[i]];
	}
	if (pick->cause_count)
		qsort(pick->causes, pick->cause_count, sizeof(*pick->causes), compare_addresses);
}

static bool is_picked_cause(const struct pick *pick, const struct finding *finding)
{
	return pick->cause_count && bsearch(&finding, pick->causes, pick->cause_count,
					    sizeof(*pick->causes), compare_addresses);
}

static bool is_shown(const void *context, const struct finding *finding)
{
	const struct pick *pick = context;

	if (pick->options->verbose)
		return true;
	if (pick->options->quiet)
		return is_loud(pick->judged, finding) || is_picked_cause(pick, finding);
	if (pick->news && !pick->news->shows(pick->news->context, finding))
		return false;
	return finding->verdict != FINDING_PASS && finding->verdict != FINDING_NOT_APPLICABLE;
}

/* The state in words: "not captured", "unreadable (Permission denied)"; NULL where it was read. */
static const char *state_words(struct text *text, const struct evidence *evidence)
{
	if (evidence->state == FACT_KNOWN)
		return NULL;
	if (evidence->state == FACT_NOT_CAPTURED)
		return "not captured";
	if (evidence->error == EHOSTDOWN)
		return "not read: it sleeps (D3cold)";
	if (evidence->error)
		return arena_printf(text->arena, "%s (%s)", fact_state_name(evidence->state),
				    strerror(evidence->error));
	return fact_state_name(evidence->state);
}

/* What the summary ends with is not said again: the place where it was read is enough. */
static bool is_said(const struct finding *finding, const struct evidence *evidence)
{
	return evidence->value && evidence->source && strchr(evidence->value, ' ') &&
	       ends_with(finding->summary, evidence->value);
}

static void show_evidence(struct text *text, const struct finding *finding,
			  const struct evidence *evidence)
{
	const char *value = evidence->value ? evidence->value : state_words(text, evidence);

	text_evidence(text, LABEL_WIDTH, evidence->source,
		      is_said(finding, evidence) ? NULL : value);
}

/* The pieces of evidence that are shown where not all of them are asked for. */
static void show_all_evidence(struct text *text, const struct finding *finding)
{
	const bool *repeated = alike_evidence(text->arena, finding);
	size_t shown = 0, left_out = 0, index = 0;

	for (const struct evidence *item = finding->evidence; repeated && item; item = item->next) {
		if (repeated[index++])
			continue;
		if (text->options->verbose || shown < MOST_EVIDENCE) {
			show_evidence(text, finding, item);
			shown++;
		} else {
			left_out++;
		}
	}
	if (left_out)
		text_paragraph(text, LABEL_WIDTH, TEXT_DIM, "and %zu more%s%s%s", left_out,
			       text->options->verbose_by ? " (" : "",
			       text->options->verbose_by ? text->options->verbose_by : "",
			       text->options->verbose_by ? " shows them)" : "");
}

/* "0000:01:00.0, 0000:01:00.1 and 4 more (-v names them)", of those behind the first, each with its
 * reason where that is another one. */
static const char *other_subjects(struct text *text, const struct fold *fold)
{
	const char *by = fold->count - 1 > MOST_SUBJECTS ? text->options->verbose_by : NULL;
	struct buffer list = {.arena = text->arena, .separator = ", ", .most = MOST_SUBJECTS};

	for (size_t i = 1; i < fold->count; i++) {
		const struct subject *subject = &fold->findings[i]->subject;
		const char *reason = fold_reason(fold, i);
		buffer_item(&list, "%s%s%s%s%s", subject->type == SUBJECT_GROUP ? "group " : "",
			    fold_name(fold, i), reason ? " (" : "", reason ? reason : "",
			    reason ? ")" : "");
	}
	return arena_printf(text->arena, "%s%s%s%s", buffer_list(&list), by ? " (" : "",
			    by ? by : "", by ? " names them)" : "");
}

static void show_label(struct text *text, enum finding_verdict verdict)
{
	const struct label *label = &labels[verdict];

	fprintf(text->out, "%s%-*s%s", text_color(text, label->color), LABEL_WIDTH, label->text,
		text->options->color ? "\033[0m" : "");
}

static bool is_of_same_function(const struct finding *one, const struct finding *two)
{
	return one->subject.type == SUBJECT_FUNCTION && two->subject.type == SUBJECT_FUNCTION &&
	       strcmp(one->subject.id, two->subject.id) == 0;
}

/* Returns whether one of the causes told together is of the effect's function. */
static bool is_of_cause(const struct fold *cause, const struct finding *effect)
{
	for (size_t i = 0; i < cause->count; i++) {
		if (is_of_same_function(cause->findings[i], effect))
			return true;
	}
	return false;
}

/* How much of an effect's summary is news: of the same function, the cause has just said why. */
static int news_length(const struct fold *cause, const struct finding *effect)
{
	const char *reason = is_of_cause(cause, effect) ? strstr(effect->summary, ": ") : NULL;

	return (int)(reason ? reason - effect->summary : (ptrdiff_t)strlen(effect->summary));
}

/* Signs below a finding on the host are of the host, too: the headline counts them. What it means
 * for functions stands without one. */
static void show_effect_label(struct text *text, const struct finding *cause,
			      const struct finding *effect)
{
	if (finding_concerns_host(cause) && !finding_concerns_host(effect))
		fprintf(text->out, "%*s", LABEL_WIDTH, "");
	else
		show_label(text, effect->verdict);
}

/* "0000:01:00.0: …" says nothing but the reason, of which its cause has told. */
static bool says_nothing_new(const struct fold *cause, const struct fold *effect)
{
	for (size_t i = 0; i < effect->count; i++) {
		const struct finding *finding = effect->findings[i];
		if (!is_of_cause(cause, finding) ||
		    (size_t)news_length(cause, finding) != strlen(finding->subject.id))
			return false;
	}
	return true;
}

static void show_effect(struct text *text, const struct fold *cause, const struct fold *effect)
{
	const struct finding *first = effect->findings[0];
	const char *others = effect->count > 1 ? other_subjects(text, effect) : "";
	int length = news_length(cause, first);

	if (says_nothing_new(cause, effect))
		return;
	show_effect_label(text, cause->findings[0], first);
	text_continue(text, LABEL_WIDTH, "so %.*s [%s]%s%s", length, first->summary,
		      first->kind->id, *others ? "; also " : "", others);
}

static bool is_same_command(const struct remedy_command *a, const struct remedy_command *b)
{
	return strcmp(a->text, b->text) == 0;
}

/* Commands that name their subject differ from one finding of a fold to the next. */
static bool names_subject(const struct fold *fold)
{
	const struct remedy_command *first = fold->findings[0]->commands;
	const struct remedy_command *last = fold->findings[fold->count - 1]->commands;

	return first && last && !is_same_command(first, last);
}

/* The commands of the findings, each once where it does not name a subject; of many, those of the
 * first are the pattern. */
static void show_commands(struct text *text, const struct fold *fold)
{
	const char *by = fold->count - 1 > MOST_SUBJECTS ? text->options->verbose_by : NULL;
	size_t named = by ? 1 : fold->count;

	for (size_t i = 0; i < named; i++) {
		const struct remedy_command *first = fold->findings[0]->commands;
		for (const struct remedy_command *command = fold->findings[i]->commands; command;
		     command = command->next) {
			if (i == 0 || (first && !is_same_command(first, command)))
				text_command(text, COMMAND_INDENT, command->text);
			first = first ? first->next : NULL;
		}
	}
	if (by && names_subject(fold))
		text_paragraph(text, COMMAND_INDENT, TEXT_PLAIN, "and for %zu more (%s shows them)",
			       fold->count - named, by);
}

static void show_remedy(struct text *text, const struct fold *fold)
{
	if (!fold->findings[0]->remedy)
		return;
	text_remedy(text, LABEL_WIDTH, fold->findings[0]->remedy);
	show_commands(text, fold);
}

static void show_summary(struct text *text, const struct fold *fold)
{
	const struct finding *first = fold->findings[0];

	show_label(text, first->verdict);
	text_continue(text, LABEL_WIDTH, "%s [%s]", first->summary, first->kind->id);
	if (fold->count > 1)
		text_paragraph(text, LABEL_WIDTH, TEXT_PLAIN, "also: %s",
			       other_subjects(text, fold));
}

static void show_fold(struct text *text, const struct fold *fold)
{
	show_summary(text, fold);
	show_remedy(text, fold);
	for (size_t i = 0; i < fold->effect_count; i++)
		show_effect(text, fold, &fold->effects[i]);
	show_all_evidence(text, fold->findings[0]);
}

/* What the facts that are missing would have told: by the ids of the findings, each once, and of
 * many a few. */
static const char *open_ids(struct text *text, const struct fold *fold)
{
	const char *by = text->options->verbose_by;
	struct buffer ids = {
		.arena = text->arena, .separator = ", ", .most = by ? MOST_OPEN_IDS : 0};

	for (size_t i = 0; i < fold->count; i++) {
		size_t before = 0;
		while (before < i && fold->findings[before]->kind != fold->findings[i]->kind)
			before++;
		if (before == i)
			buffer_item(&ids, "%s", fold->findings[i]->kind->id);
	}
	if (ids.most && ids.count > ids.most)
		return arena_printf(text->arena, "%s (%s names them)", buffer_list(&ids), by);
	return buffer_text(&ids);
}

/* "3 findings are", or how many are the headline's, of the host, and how many are not. */
static const char *open_count(struct text *text, const struct fold *fold)
{
	size_t host = 0;

	for (size_t i = 0; i < fold->count; i++)
		host += finding_concerns_host(fold->findings[i]);
	if (host && host < fold->count)
		return arena_printf(text->arena, "%s of the host and %zu of functions are",
				    counted(text->arena, host, "finding"), fold->count - host);
	return counted_as(text->arena, fold->count, "finding is", "findings are");
}

/* Sources in the order met, each once, of a few findings. */
struct sources {
	const char *items[MOST_SOURCES];
	size_t count;
	bool more;
};

static void add_source(struct sources *sources, const char *source)
{
	for (size_t i = 0; i < sources->count; i++) {
		if (strcmp(sources->items[i], source) == 0)
			return;
	}
	if (sources->count < MOST_SOURCES)
		sources->items[sources->count++] = source;
	else
		sources->more = true;
}

/* The sources that were not read. */
static const char *missing_sources(struct text *text, const struct fold *fold)
{
	struct buffer list = {.arena = text->arena, .separator = ", "};
	struct sources sources = {0};

	for (size_t i = 0; i < fold->count && i < MOST_LOOKED_AT; i++) {
		for (const struct evidence *item = fold->findings[i]->evidence; item;
		     item = item->next) {
			if (item->source && item->state != FACT_KNOWN && item->state != FACT_ABSENT)
				add_source(&sources, item->source);
		}
	}
	for (size_t i = 0; i < sources.count; i++)
		buffer_item(&list, "%s", sources.items[i]);
	if (sources.more)
		buffer_item(&list, "…");
	return buffer_text(&list);
}

static void show_lack(struct text *text, const struct fold *fold)
{
	static const char *const words[] = {
		[LACKS_NOTHING] = "",
		[LACKS_PRIVILEGE] = "read by root alone",
		[LACKS_CAPTURE] = "not in this tree",
	};
	ASSERT_COVERS(words, LACK_COUNT);

	show_label(text, FINDING_UNKNOWN);
	text_continue(text, LABEL_WIDTH, "%s open: what %s was not read [%s]",
		      open_count(text, fold), fold->count == 1 ? "it needs" : "they need",
		      open_ids(text, fold));
	text_remedy(text, LABEL_WIDTH, fold->findings[0]->remedy);
	for (size_t i = 0; i < fold->effect_count; i++)
		show_effect(text, fold, &fold->effects[i]);
	text_paragraph(text, LABEL_WIDTH, TEXT_DIM, "%s: %s", words[fold->lack],
		       missing_sources(text, fold));
}

/* Every finding by itself, with all that it rests on: of the host, or of functions. */
static void show_each(struct text *text, const struct judged_findings *judged, bool of_host)
{
	for (size_t i = 0; i < judged->count; i++) {
		const struct finding *finding = judged->items[i];
		const struct fold fold = {.findings = &judged->items[i], .count = 1};
		if (finding_concerns_host(finding) != of_host)
			continue;
		fputc('\n', text->out);
		show_fold(text, &fold);
		if (finding->cause)
			text_paragraph(text, LABEL_WIDTH, TEXT_DIM, "follows from %s",
				       finding->cause->kind->id);
	}
}

static bool has_findings_on_functions(const struct judged_findings *judged)
{
	for (size_t i = 0; i < judged->count; i++) {
		if (!finding_concerns_host(judged->items[i]))
			return true;
	}
	return false;
}

int text_findings(struct text *text, const struct judged_findings *judged,
		  const struct finding_filter *news)
{
	struct pick pick = {.options = text->options, .judged = judged, .news = news};
	struct folds folds;

	if (text->options->verbose) {
		show_each(text, judged, true);
		if (has_findings_on_functions(judged))
			text_heading(text, "Functions (FAIL and WARN are theirs, not the host's)");
		show_each(text, judged, false);
		return 0;
	}
	if (text->options->quiet)
		pick_causes(&pick, text->arena);
	if (findings_fold(judged, is_shown, &pick, text->arena, &folds) < 0)
		return -ENOMEM;
	size_t aside = folds.host_count + folds.function_count;
	for (size_t i = 0; i < folds.count; i++) {
		if (i == folds.host_count && i < aside)
			text_heading(text, FUNCTIONS_HEADING);
		if (i == aside && folds.function_count)
			text_heading(text, ASIDE_HEADING);
		fputc('\n', text->out);
		if (folds.items[i].lack)
			show_lack(text, &folds.items[i]);
		else
			show_fold(text, &folds.items[i]);
	}
	return 0;
}

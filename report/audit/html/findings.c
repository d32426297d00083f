/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/html/findings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/findings/alike.h"

/* One fold speaks for as many subjects as there are functions: the others are found by the filter.
 */
enum { MOST_SUBJECTS = 64, MOST_EVIDENCE = 24, MOST_COMMANDS = 64 };

static bool is_open(const void *context, const struct finding *finding)
{
	(void)context;
	return finding->verdict != FINDING_PASS && finding->verdict != FINDING_NOT_APPLICABLE;
}

static bool is_settled(const void *context, const struct finding *finding)
{
	return !is_open(context, finding);
}

static void write_subject(struct page *page, const struct subject *subject)
{
	struct html *html = &page->html;

	if (subject->type == SUBJECT_FUNCTION)
		html_link(html, subject->id, subject->id);
	else if (subject->type == SUBJECT_GROUP)
		html_format(html, "group %s", subject->id);
	else
		html_text(html, subject->id ? subject->id : "the host");
}

/* The id, and of whom. */
static void write_identity(struct page *page, const struct fold *fold)
{
	struct html *html = &page->html;

	html_start(html, "p", "id");
	html_element(html, "code", NULL, fold->findings[0]->kind->id);
	html_text(html, " on ");
	for (size_t i = 0; i < fold->count && i < MOST_SUBJECTS; i++) {
		const char *reason = fold_reason(fold, i);
		html_text(html, i ? ", " : "");
		write_subject(page, &fold->findings[i]->subject);
		if (reason)
			html_format(html, " (%s)", reason);
	}
	if (fold->count > MOST_SUBJECTS)
		html_format(html, " and %zu more", fold->count - MOST_SUBJECTS);
	html_end(html);
}

/* The commands of the first, and those of others that name another subject. */
static void write_commands(struct page *page, const struct fold *fold)
{
	size_t written = 0;

	for (size_t i = 0; i < fold->count && written < MOST_COMMANDS; i++) {
		const struct remedy_command *first = fold->findings[0]->commands;
		const struct remedy_command *command = fold->findings[i]->commands;
		for (; command && written < MOST_COMMANDS; command = command->next) {
			if (i == 0 || (first && strcmp(first->text, command->text) != 0)) {
				page_copy(page, "%s", command->text);
				written++;
			}
			first = first ? first->next : NULL;
		}
	}
}

static void write_remedy(struct page *page, const struct fold *fold)
{
	if (!fold->findings[0]->remedy)
		return;
	html_remedy(&page->html, fold->findings[0]->remedy);
	write_commands(page, fold);
}

static const char *evidence_words(struct page *page, const struct evidence *item)
{
	if (item->value)
		return item->value;
	if (item->error)
		return arena_printf(page->html.arena, "%s (%s)", fact_state_name(item->state),
				    item->error == EHOSTDOWN ? "it sleeps in D3cold"
							     : strerror(item->error));
	return fact_state_name(item->state);
}

static void write_evidence(struct page *page, const struct finding *finding)
{
	struct html *html = &page->html;
	const bool *repeated = alike_evidence(html->arena, finding);
	size_t index = 0, written = 0, left_out = 0;

	if (!finding->evidence)
		return;
	html_start(html, "dl", "evidence");
	for (const struct evidence *item = finding->evidence; repeated && item; item = item->next) {
		if (repeated[index++])
			continue;
		if (written++ >= MOST_EVIDENCE) {
			left_out++;
			continue;
		}
		html_element(html, "dt", NULL, item->source);
		html_element(html, "dd", NULL, evidence_words(page, item));
	}
	html_end(html);
	if (left_out)
		html_element(html, "p", "id", arena_printf(html->arena, "and %zu more", left_out));
}

/* Remembers which functions the fold tells of, for their sections. */
static void remember(struct page *page, const struct fold *fold, size_t number)
{
	const struct pci *pci = &page->audit->model.host->pci;

	for (size_t i = 0; i < fold->count; i++) {
		const struct subject *subject = &fold->findings[i]->subject;
		const struct pci_function *function =
			subject->type == SUBJECT_FUNCTION ? pci_find_name(pci, subject->id) : NULL;
		if (function && page->told)
			page->told[page->told_count++] = (struct told_of){
				(size_t)(function - pci->functions), number, fold->findings[i]};
	}
}

static void write_effects(struct page *page, const struct fold *fold, size_t number)
{
	struct html *html = &page->html;

	if (!fold->effect_count)
		return;
	html_start(html, "ul", "effects");
	for (size_t i = 0; i < fold->effect_count; i++) {
		const struct fold *effect = &fold->effects[i];
		html_start(html, "li", finding_verdict_name(effect->findings[0]->verdict));
		html_element(html, "b", "v", finding_verdict_name(effect->findings[0]->verdict));
		html_format(html, " so %s", effect->findings[0]->summary);
		write_identity(page, effect);
		html_end(html);
		remember(page, effect, number);
	}
	html_end(html);
}

static void write_label(struct page *page, const struct fold *fold)
{
	struct html *html = &page->html;

	html_start(html, "summary", NULL);
	html_element(
		html, "b",
		arena_printf(html->arena, "v %s", finding_verdict_name(fold->findings[0]->verdict)),
		finding_verdict_name(fold->findings[0]->verdict));
	html_text(html, " ");
	html_start(html, "span", "what");
	if (fold->lack)
		html_format(html, "%s open: what %s was not read (%s)",
			    counted_as(html->arena, fold->count, "finding is", "findings are"),
			    fold->count == 1 ? "it needs" : "they need",
			    fold->lack == LACKS_PRIVILEGE ? "it takes root" : "not in this tree");
	else
		html_text(html, fold->findings[0]->summary);
	html_end(html);
	if (fold->count > 1 && !fold->lack)
		html_format(html, " (and %zu more)", fold->count - 1);
	html_end(html);
}

/* Findings that differ, and that one reading would settle. */
static void write_lacking(struct page *page, const struct fold *fold)
{
	struct html *html = &page->html;

	html_start(html, "ul", NULL);
	for (size_t i = 0; i < fold->count; i++) {
		const struct finding *finding = fold->findings[i];
		if (i && fold->findings[i - 1]->kind == finding->kind && i >= MOST_SUBJECTS)
			continue;
		html_start(html, "li", NULL);
		html_text(html, finding->summary);
		html_text(html, " ");
		html_element(html, "code", NULL, finding->kind->id);
		html_text(html, " on ");
		write_subject(page, &finding->subject);
		html_end(html);
		html_newline(html);
	}
	html_end(html);
}

static void write_fold(struct page *page, const struct fold *fold, size_t number, bool open)
{
	struct html *html = &page->html;

	html_start(html, "details",
		   arena_printf(html->arena, "finding %s", finding_verdict_name(fold->worst)));
	html_attribute(html, "id", "finding-%zu", number);
	if (open)
		html_attribute(html, "open", "open");
	write_label(page, fold);
	html_newline(html);
	write_remedy(page, fold);
	if (fold->lack)
		write_lacking(page, fold);
	else
		write_identity(page, fold);
	write_effects(page, fold, number);
	if (!fold->lack)
		write_evidence(page, fold->findings[0]);
	html_end(html);
	html_newline(html);
	remember(page, fold, number);
}

static bool decides_alone(const struct page *page, const struct fold *fold)
{
	const struct judged_findings *judged = &page->audit->judged;

	for (size_t i = 0; i < fold->count; i++) {
		if (fold->findings[i]->verdict == FINDING_FAIL ||
		    judged_decides(judged, fold->findings[i]))
			return true;
	}
	return false;
}

/* Returns whether the verdict rests on the fold, or on what follows from it. */
static bool decides(const struct page *page, const struct fold *fold)
{
	bool does = decides_alone(page, fold);

	for (size_t i = 0; i < fold->effect_count && !does; i++)
		does = fold->effects[i].findings[0]->subject.type != SUBJECT_FUNCTION &&
		       decides_alone(page, &fold->effects[i]);
	return does;
}

static void write_open(struct page *page, const struct folds *folds)
{
	struct html *html = &page->html;
	size_t host = folds->host_count, aside = host + folds->function_count, deciding = 0;

	for (size_t i = 0; i < host; i++)
		deciding += decides(page, &folds->items[i]);
	if (!deciding)
		html_element(html, "p", NULL, "Nothing fails on the host.");
	for (size_t i = 0; i < host; i++)
		write_fold(page, &folds->items[i], i, decides(page, &folds->items[i]));
	if (folds->function_count)
		html_element(html, "h3", NULL, FUNCTIONS_HEADING);
	for (size_t i = host; i < aside; i++)
		write_fold(page, &folds->items[i], i,
			   !deciding && folds->items[i].findings[0]->verdict == FINDING_FAIL);
	if (folds->function_count && folds->count > aside)
		html_element(html, "h3", NULL, ASIDE_HEADING);
	for (size_t i = aside; i < folds->count; i++)
		write_fold(page, &folds->items[i], i, false);
}

static void write_settled(struct page *page, const struct folds *folds, size_t first)
{
	struct html *html = &page->html;
	size_t count = 0;

	for (size_t i = 0; i < folds->count; i++)
		count += folds->items[i].count;
	if (!count)
		return;
	html_start(html, "details", "passed");
	html_attribute(html, "id", "passed");
	html_start(html, "summary", NULL);
	html_format(html, "%s",
		    counted_as(html->arena, count, "finding passed or does not apply",
			       "findings passed or do not apply"));
	html_end(html);
	html_newline(html);
	for (size_t i = 0; i < folds->count; i++)
		write_fold(page, &folds->items[i], first + i, false);
	html_end(html);
	html_newline(html);
}

static int compare_told(const void *left, const void *right)
{
	const struct told_of *a = left, *b = right;

	if (a->function != b->function)
		return a->function < b->function ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

int page_findings(struct page *page)
{
	const struct judged_findings *judged = &page->audit->judged;
	struct arena *arena = page->html.arena;
	struct folds open, settled;

	if (findings_fold(judged, is_open, NULL, arena, &open) < 0 ||
	    findings_fold(judged, is_settled, NULL, arena, &settled) < 0)
		return -ENOMEM;
	html_section(&page->html, "findings", "What decides");
	page->told = arena_array(arena, judged->count + 1, sizeof(*page->told));
	write_open(page, &open);
	size_t told = page->told_count;
	write_settled(page, &settled, open.count);
	/* What passed is not told in the sections of the functions. */
	page->told_count = told;
	if (page->told)
		qsort(page->told, told, sizeof(*page->told), compare_told);
	html_end(&page->html);
	html_newline(&page->html);
	return 0;
}

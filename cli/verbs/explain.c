/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "checks/support/check.h"
#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/options/table.h"
#include "cli/similar.h"
#include "model/log/message.h"
#include "model/log/pattern.h"
#include "report/findings/reason.h"
#include "report/write/wrap.h"

enum { INDENT = 2, TEXT_WIDTH = 78 };

static void print_kind(FILE *out, const struct finding_kind *kind)
{
	fprintf(out, "%s\n%*s", kind->id, INDENT, "");
	wrap_text(out, kind->meaning, INDENT, INDENT, TEXT_WIDTH);
	fputc('\n', out);
	if (!kind->fix)
		return;
	fprintf(out, "%*sFix: ", INDENT, "");
	wrap_text(out, kind->fix, INDENT + 5, INDENT, TEXT_WIDTH);
	fputc('\n', out);
}

static void print_head(FILE *out, const struct check *check)
{
	fprintf(out, "%s: %s\n%*sNeeds: ", check->id, check->title, INDENT, "");
	wrap_text(out, check->needs, INDENT + 7, INDENT, TEXT_WIDTH);
	fputc('\n', out);
	if (check->advisory)
		fprintf(out,
			"%*sAdvisory: what it cannot tell does not keep the host from being ready\n",
			INDENT, "");
}

static void print_check(FILE *out, const struct check *check)
{
	print_head(out, check);
	for (size_t i = 0; i < check->kind_count; i++) {
		fputc('\n', out);
		print_kind(out, &check->kinds[i]);
	}
}

/* Prints a sentence or more behind a label; nothing where there is none. */
static void print_labelled(FILE *out, const char *label, const char *text)
{
	if (!text)
		return;
	fprintf(out, "%*s%s: ", INDENT, "", label);
	wrap_text(out, text, (unsigned)(INDENT + strlen(label) + 2), INDENT, TEXT_WIDTH);
	fputc('\n', out);
}

/* Prints a form, with ".." for each field of it, on one line. */
static void print_form(FILE *out, const char *form)
{
	struct log_pattern pattern;

	if (!log_pattern_parse(form, &pattern))
		return;
	fprintf(out, "%*sText: ", INDENT, "");
	for (size_t i = 0; i < pattern.count; i++) {
		const struct log_piece *piece = &pattern.pieces[i];
		if (piece->kind == LOG_LITERAL)
			fprintf(out, "%.*s", (int)piece->length, piece->text);
		else
			fputs("..", out);
	}
	fputc('\n', out);
}

static void print_ids(FILE *out, const char *const *ids, const char *separator)
{
	for (size_t i = 0; i < LOG_MOST_FINDINGS && ids[i]; i++)
		fprintf(out, "%s%s", i ? ", " : separator, ids[i]);
}

static void print_findings(FILE *out, const struct log_message *message)
{
	if (!message->findings[0] && !message->related[0])
		return;
	fprintf(out, "%*sFindings: ", INDENT, "");
	print_ids(out, message->findings, "");
	print_ids(out, message->related, message->findings[0] ? ", " : "");
	fputc('\n', out);
}

static void print_message(FILE *out, const struct log_message *message)
{
	fprintf(out, "%s: %s, %s\n", message->id, log_source_name(message->source),
		log_severity_name(message->severity));
	for (size_t i = 0; i < LOG_MOST_FORMS && message->forms[i]; i++)
		print_form(out, message->forms[i]);
	print_labelled(out, "Printed by", message->versions);
	print_labelled(out, "Means", message->meaning);
	print_labelled(out, "Settled by", message->settle);
	print_findings(out, message);
	print_labelled(out, "Fix", message->remedy);
}

static void print_reason(FILE *out, const char *word, const struct reason *reason)
{
	fprintf(out, "%s\n%*s", word, INDENT, "");
	wrap_text(out, reason->meaning, INDENT, INDENT, TEXT_WIDTH);
	fputc('\n', out);
	if (!reason->findings[0])
		return;
	fprintf(out, "%*sFindings: ", INDENT, "");
	for (size_t i = 0; reason->findings[i]; i++)
		fprintf(out, "%s%s", i ? ", " : "", reason->findings[i]);
	fputc('\n', out);
}

static void print_messages(FILE *out)
{
	bool first = true;

	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++) {
			const struct log_message *message = &log_tables[i]->rows[k];
			if (message->role != LOG_MESSAGE)
				continue;
			if (!first)
				fputc('\n', out);
			first = false;
			print_message(out, message);
		}
	}
}

/* What an id names: a check, a finding of it, a word of reports, a message of a log, or all
 * messages. */
struct page {
	const char *id;
	const struct check *check;       /* NULL: none */
	const struct finding_kind *kind; /* NULL: the check itself */
	const struct reason *reason;
	const struct log_message *message;
	bool messages;
};

static bool is_page(const struct page *page)
{
	return page->check || page->reason || page->message || page->messages;
}

static struct page find_other(const char *id)
{
	const struct log_message *message = log_message_find(id);

	return (struct page){
		.id = id,
		.reason = reason_find(id),
		.message = message && message->role == LOG_MESSAGE ? message : NULL,
		.messages = strcmp(id, "messages") == 0,
	};
}

static struct page find_page(const char *id)
{
	const struct check *check = check_find(id);

	for (size_t i = 0; !check && i < check_registry_count; i++) {
		const struct check *other = check_registry[i];
		for (size_t k = 0; k < other->kind_count; k++) {
			if (strcmp(other->kinds[k].id, id) == 0)
				return (struct page){.check = other, .kind = &other->kinds[k]};
		}
	}
	if (check)
		return (struct page){.check = check};
	return find_other(id);
}

static void print_page(FILE *out, const struct page *page)
{
	if (page->messages) {
		print_messages(out);
		return;
	}
	if (page->reason) {
		print_reason(out, page->id, page->reason);
		return;
	}
	if (page->message) {
		print_message(out, page->message);
		return;
	}
	if (!page->kind) {
		print_check(out, page->check);
		return;
	}
	print_kind(out, page->kind);
	fputc('\n', out);
	print_head(out, page->check);
}

static int print_pages(const void *context, const struct output *output)
{
	const struct options *options = context;

	bool first = true;

	for (size_t i = 0; i < options->operands.count; i++) {
		struct page page = find_page(options->operands.words[i]);
		if (!is_page(&page))
			continue;
		if (!first)
			fputc('\n', output->stream);
		first = false;
		print_page(output->stream, &page);
	}
	return 0;
}

static void consider(const char *word, void *similar)
{
	similar_consider(similar, word);
}

/* Names the id that a mistyped one may mean. */
static void suggest_page(const char *id)
{
	struct similar similar = similar_begin(id);

	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];
		similar_consider(&similar, check->id);
		for (size_t k = 0; k < check->kind_count; k++)
			similar_consider(&similar, check->kinds[k].id);
	}
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++) {
			if (log_tables[i]->rows[k].role == LOG_MESSAGE)
				similar_consider(&similar, log_tables[i]->rows[k].id);
		}
	}
	reason_visit(consider, &similar);
	if (similar.best)
		complain("did you mean %s?", similar.best);
}

/* Complains of the ids that name nothing. Returns how many there are. */
static size_t complain_of_unknown(const struct word_list *ids)
{
	size_t count = 0;

	for (size_t i = 0; i < ids->count; i++) {
		struct page page = find_page(ids->words[i]);
		if (is_page(&page))
			continue;
		complain("explain %s: no such check, finding, word of a report or message; "
			 "`passcheck checks` lists the first two, `passcheck explain messages` the "
			 "last",
			 ids->words[i]);
		suggest_page(ids->words[i]);
		count++;
	}
	return count;
}

/* What is known is explained, whatever stands beside it. */
static enum exit_code run(const struct options *options)
{
	size_t unknown;

	if (options->operands.count == 0) {
		complain("explain: the id of a check or finding is missing; `passcheck checks` "
			 "lists them");
		return EXIT_USAGE;
	}
	unknown = complain_of_unknown(&options->operands);
	if (unknown == options->operands.count)
		return EXIT_USAGE;
	enum exit_code code = document_print(options->output, print_pages, options);
	return code == EXIT_READY && unknown ? EXIT_USAGE : code;
}

const struct verb verb_explain = {
	.name = "explain",
	.operands = "ID...",
	.summary = "tell what an id or a word of a report means",
	.examples = "  passcheck explain reset.none\n"
		    "  passcheck explain isolation\n"
		    "  passcheck explain in-use       a word by which a report says why\n"
		    "  passcheck explain messages     every message of logs that is known\n",
	.exits = {.ready = "every ID is explained"},
	.accepts = OPTION_BIT(OPTION_OUTPUT),
	.ignores = OPTION_BIT(OPTION_ROOT),
	.run = run,
};

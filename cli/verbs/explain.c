/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "checks/support/check.h"
#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/options/table.h"
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
}

static void print_check(FILE *out, const struct check *check)
{
	print_head(out, check);
	for (size_t i = 0; i < check->kind_count; i++) {
		fputc('\n', out);
		print_kind(out, &check->kinds[i]);
	}
}

/* What an id names: a check, or a finding of it. */
struct page {
	const struct check *check;       /* NULL: nothing */
	const struct finding_kind *kind; /* NULL: the check itself */
};

static struct page find_page(const char *id)
{
	const struct check *check = check_find(id);

	for (size_t i = 0; !check && i < check_registry_count; i++) {
		const struct check *other = check_registry[i];
		for (size_t k = 0; k < other->kind_count; k++) {
			if (strcmp(other->kinds[k].id, id) == 0)
				return (struct page){other, &other->kinds[k]};
		}
	}
	return (struct page){.check = check};
}

static void print_page(FILE *out, const struct page *page)
{
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

	for (size_t i = 0; i < options->operands.count; i++) {
		struct page page = find_page(options->operands.words[i]);
		if (i)
			fputc('\n', output->stream);
		print_page(output->stream, &page);
	}
	return 0;
}

static enum exit_code run(const struct options *options)
{
	if (options->operands.count == 0) {
		complain("explain: the id of a check or finding is missing; `passcheck checks` "
			 "lists them");
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < options->operands.count; i++) {
		if (find_page(options->operands.words[i]).check)
			continue;
		complain("explain %s: no such check or finding; `passcheck checks` lists them",
			 options->operands.words[i]);
		return EXIT_USAGE;
	}
	return document_print(options->output, print_pages, options);
}

const struct verb verb_explain = {
	.name = "explain",
	.operands = "ID...",
	.summary = "tell what a check or a finding means",
	.accepts = OPTION_BIT(OPTION_OUTPUT),
	.run = run,
};

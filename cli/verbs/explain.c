/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "checks/support/check.h"
#include "cli/diagnostic.h"
#include "cli/options.h"
#include "cli/output.h"
#include "report/wrap.h"

enum { INDENT = 2, TEXT_WIDTH = 78 };

static void print_kind(FILE *out, const struct finding_kind *kind)
{
	fprintf(out, "%s\n%*s", kind->id, INDENT, "");
	wrap_text(out, kind->meaning, INDENT, INDENT, TEXT_WIDTH);
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

/* Prints what id names. Returns whether it names anything. */
static bool explain(FILE *out, const char *id)
{
	const struct check *check = check_find(id);

	if (check) {
		print_check(out, check);
		return true;
	}
	for (size_t i = 0; i < check_registry_count; i++) {
		check = check_registry[i];
		for (size_t k = 0; k < check->kind_count; k++) {
			if (strcmp(check->kinds[k].id, id) != 0)
				continue;
			print_kind(out, &check->kinds[k]);
			fputc('\n', out);
			print_head(out, check);
			return true;
		}
	}
	return false;
}

static enum exit_code run(const struct options *options)
{
	struct output output;

	if (options->operands.count == 0) {
		complain("explain: the id of a check or finding is missing; `passcheck checks` "
			 "lists them");
		return EXIT_USAGE;
	}
	int result = output_open(options->output, &output);
	for (size_t i = 0; result == 0 && i < options->operands.count; i++) {
		if (i)
			fputc('\n', output.stream);
		if (explain(output.stream, options->operands.words[i]))
			continue;
		output_discard(&output);
		complain("explain %s: no such check or finding; `passcheck checks` lists them",
			 options->operands.words[i]);
		return EXIT_USAGE;
	}
	if (result == 0)
		result = output_close(&output);
	if (result < 0) {
		complain("%s: %s", options->output ? options->output : "standard output",
			 strerror(-result));
		return EXIT_FAILED;
	}
	return EXIT_READY;
}

const struct verb verb_explain = {
	.name = "explain",
	.operands = "ID...",
	.summary = "tell what a check or a finding means",
	.accepts = OPTION_OUTPUT,
	.run = run,
};

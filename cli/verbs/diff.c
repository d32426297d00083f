/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/diff/diff.h"
#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/input/report_file.h"
#include "cli/options/table.h"

static enum exit_code exit_for(enum change_effect effect)
{
	switch (effect) {
	case CHANGE_NONE:
	case CHANGE_BETTER:
		return EXIT_READY;
	case CHANGE_UNKNOWN:
		return EXIT_UNDETERMINED;
	case CHANGE_WORSE:
		return EXIT_NOT_READY;
	}
	return EXIT_FAILED;
}

static enum exit_code run(const struct options *options)
{
	struct snapshot old_one, new_one;
	struct diff diff;

	if (options->operands.count != 2)
		return complain_of_usage("diff", "compares two reports or captures, OLD and NEW");
	if (report_file_read(options->arena, options->operands.words[0], &old_one) < 0 ||
	    report_file_read(options->arena, options->operands.words[1], &new_one) < 0)
		return EXIT_FAILED;
	int result = diff_build(options->arena, &old_one, &new_one, &diff);
	if (result < 0)
		return document_fail(result);
	enum exit_code code = document_write(options, &diff, NULL);
	return code == EXIT_READY ? exit_for(diff.effect) : code;
}

const struct verb verb_diff = {
	.name = "diff",
	.operands = "OLD NEW",
	.summary = "compare two reports or captures",
	.examples = "  passcheck --format json -o old.json\n"
		    "  passcheck --format json -o new.json\n"
		    "  passcheck diff old.json new.json\n"
		    "  passcheck diff old.tar.gz /    a capture, and this host as it is now\n",
	.exits = {.ready = "nothing got worse",
		  .not_ready = "something got worse",
		  .undetermined = "something that was known is now unknown"},
	.accepts = OPTION_BIT(OPTION_FORMAT) | OPTION_BIT(OPTION_COMPACT) |
		   OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_COLOR) | OPTION_BIT(OPTION_QUIET),
	.reads_hosts = true,
	.documents = {&diff_formats},
	.run = run,
};

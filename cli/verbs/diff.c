/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/input/file.h"
#include "cli/options/table.h"
#include "report/diff/diff.h"

/* Reads a report. Complains of errors. */
static bool read_report(struct arena *arena, const char *path, struct snapshot *ret)
{
	const char *why = NULL;
	char *bytes = NULL;
	size_t length;
	int result = file_read_whole(path, LIMIT_SNAPSHOT, &bytes, &length);

	if (result == 0) {
		result = snapshot_parse(arena, bytes, length, ret, &why);
		free(bytes);
	}
	if (result < 0)
		complain("%s: %s", path, why ? why : strerror(-result));
	return result == 0;
}

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
		return complain_of_usage("diff: two reports in JSON are compared, OLD and NEW");
	if (!read_report(options->arena, options->operands.words[0], &old_one) ||
	    !read_report(options->arena, options->operands.words[1], &new_one))
		return EXIT_FAILED;
	int result = diff_build(options->arena, &old_one, &new_one, &diff);
	if (result < 0)
		return document_fail(result, NULL);
	enum exit_code code = document_write(options, &diff, NULL);
	return code == EXIT_READY ? exit_for(diff.effect) : code;
}

const struct verb verb_diff = {
	.name = "diff",
	.operands = "OLD NEW",
	.summary = "tell what changed between two reports in JSON",
	.examples = "  passcheck --format json -o old.json\n"
		    "  passcheck --format json -o new.json\n"
		    "  passcheck diff old.json new.json\n",
	.accepts = OPTION_BIT(OPTION_FORMAT) | OPTION_BIT(OPTION_COMPACT) |
		   OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_COLOR) | OPTION_BIT(OPTION_QUIET),
	.documents = {&diff_formats},
	.run = run,
};

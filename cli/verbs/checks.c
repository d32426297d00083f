/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "checks/support/check.h"
#include "cli/document.h"
#include "cli/options/table.h"

static int print_checks(const void *context, const struct output *output)
{
	(void)context;
	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];

		fprintf(output->stream, "%s%s: %s\n", i ? "\n" : "", check->id, check->title);
		for (size_t k = 0; k < check->kind_count; k++)
			fprintf(output->stream, "  %s\n", check->kinds[k].id);
	}
	return 0;
}

static enum exit_code run(const struct options *options)
{
	return document_print(options->output, print_checks, NULL);
}

const struct verb verb_checks = {
	.name = "checks",
	.operands = "",
	.summary = "list the checks and every finding id",
	.exits = {.ready = "the list is written"},
	.accepts = OPTION_BIT(OPTION_OUTPUT),
	.ignores = OPTION_BIT(OPTION_ROOT),
	.run = run,
};

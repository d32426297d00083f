/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "checks/support/check.h"
#include "cli/diagnostic.h"
#include "cli/options.h"
#include "cli/output.h"

static void print_checks(FILE *out)
{
	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];

		fprintf(out, "%s%s: %s\n", i ? "\n" : "", check->id, check->title);
		for (size_t k = 0; k < check->kind_count; k++)
			fprintf(out, "  %s\n", check->kinds[k].id);
	}
}

static enum exit_code run(const struct options *options)
{
	struct output output;
	int result = output_open(options->output, &output);

	if (result == 0) {
		print_checks(output.stream);
		result = output_close(&output);
	}
	if (result < 0) {
		complain("%s: %s", options->output ? options->output : "standard output",
			 strerror(-result));
		return EXIT_FAILED;
	}
	return EXIT_READY;
}

const struct verb verb_checks = {
	.name = "checks",
	.operands = "",
	.summary = "list the checks and every finding id",
	.accepts = OPTION_OUTPUT,
	.run = run,
};

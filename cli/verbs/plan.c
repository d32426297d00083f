/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/document.h"
#include "report/plan/document.h"

static enum exit_code judge(const struct options *options, const struct host *host)
{
	bool json = strcmp(options->format, "json") == 0;
	const struct report_options wanted = {
		.selectors = options->operands.words,
		.selector_count = options->operands.count,
		.plan = true,
		.plan_vfs = options->vfs,
	};
	struct report *report;
	const char *culprit = NULL;
	int result = report_build(host, &wanted, &report, &culprit);

	if (result == -ENOENT) {
		complain("%s: no such function on this host", culprit);
		return EXIT_USAGE;
	}
	if (result < 0) {
		complain("%s", strerror(-result));
		return EXIT_FAILED;
	}
	enum exit_code code =
		document_write(options, report, NULL, json ? plan_render_json : plan_render_text);
	if (code == EXIT_READY)
		code = document_exit_code(report->verdict);
	report_free(report);
	return code;
}

static enum exit_code run(const struct options *options)
{
	if (!options->operands.count || strcmp(options->format, "xml") == 0) {
		complain(options->operands.count ? "plan: --format is text or json"
						 : "plan: a FUNCTION is missing");
		complain("`passcheck --help` shows the usage");
		return EXIT_USAGE;
	}
	return document_with_host(options, judge);
}

const struct verb verb_plan = {
	.name = "plan",
	.operands = "FUNCTION...",
	.summary = "print what to do to give them to a guest",
	.accepts = OPTION_ROOT | OPTION_FORMAT | OPTION_COMPACT | OPTION_OUTPUT | OPTION_COLOR |
		   OPTION_VFS,
	.run = run,
};

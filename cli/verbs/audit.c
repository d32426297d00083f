/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/hostdev.h"

static enum exit_code write_report(const struct options *options, const struct report *report)
{
	enum exit_code code;

	if (hostdev_is_wanted(options))
		code = hostdev_write(options, report);
	else
		code = document_write(options, report, NULL,
				      renderer_find(options->format)->render);
	return code == EXIT_READY ? document_exit_code(report->verdict) : code;
}

static enum exit_code explain_error(int result, const char *culprit)
{
	if (result == -ENOENT)
		complain("%s: no such function on this host", culprit);
	else if (result == -EINVAL)
		complain("--check %s: no such check; `passcheck checks` lists them", culprit);
	else if (result == -ENOTSUP)
		complain("%s", culprit);
	else
		complain("%s", strerror(-result));
	return result == -ENOMEM ? EXIT_FAILED : EXIT_USAGE;
}

static enum exit_code judge(const struct options *options, const struct host *host)
{
	char now[DOCUMENT_TIME_SIZE];
	const struct report_options wanted = {
		.checks = options->checks.words,
		.check_count = options->checks.count,
		.selectors = options->operands.words,
		.selector_count = options->operands.count,
		.fail_on = options->fail_on,
		.requirements = options->required.items,
		.requirement_count = options->required.count,
		.confinement = options->sandbox.measures,
		.confinement_count = options->sandbox.count,
		.time = now,
		.identity = options->identity,
		.hostdev = hostdev_is_wanted(options) ? &options->hostdev : NULL,
	};
	struct report *report;
	const char *culprit = NULL;

	document_time(now);
	int result = report_build(host, &wanted, &report, &culprit);
	if (result < 0)
		return explain_error(result, culprit);
	enum exit_code code = write_report(options, report);
	report_free(report);
	return code;
}

static enum exit_code run(const struct options *options)
{
	if (!hostdev_options_fit(options))
		return EXIT_USAGE;
	return document_with_host(options, judge);
}

const struct verb verb_audit = {
	.name = "audit",
	.operands = "[FUNCTION...]",
	.summary = "audit the host, or explain these functions",
	.accepts = OPTION_ROOT | OPTION_FORMAT | OPTION_COMPACT | OPTION_OUTPUT | OPTION_CHECK |
		   OPTION_FAIL_ON | OPTION_COLOR | OPTION_VERBOSE | OPTION_QUIET |
		   OPTION_WITH_IDENTITY | OPTION_HOSTDEV | OPTION_REQUIRE,
	.run = run,
};

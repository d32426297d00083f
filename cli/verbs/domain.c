/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/domain_files.h"
#include "report/domain/document.h"

static enum exit_code write_report(const struct options *options, const struct report *report)
{
	bool json = strcmp(options->format, "json") == 0;
	enum exit_code code = document_write(options, report, NULL,
					     json ? domains_render_json : domains_render_text);

	return code == EXIT_READY ? document_exit_code(report->verdict) : code;
}

static enum exit_code judge(const struct options *options, const struct host *host,
			    const struct domain_files *files)
{
	const struct report_options wanted = {
		.fail_on = options->fail_on,
		.domains = files->domains,
		.domain_count = files->domain_count,
		.networks = files->networks,
		.network_count = files->network_count,
	};
	struct report *report;
	const char *culprit = NULL;
	int result = report_build(host, &wanted, &report, &culprit);

	if (result < 0) {
		complain("%s", strerror(-result));
		return EXIT_FAILED;
	}
	enum exit_code code = write_report(options, report);
	report_free(report);
	return code;
}

static enum exit_code read_and_judge(const struct options *options, const struct host *host)
{
	struct domain_files files = {.arena = options->arena};

	for (size_t i = 0; i < options->operands.count; i++) {
		if (domain_files_read(&files, options->operands.words[i]) < 0)
			return EXIT_FAILED;
	}
	return judge(options, host, &files);
}

static enum exit_code run(const struct options *options)
{
	if (!options->operands.count || strcmp(options->format, "xml") == 0) {
		complain(options->operands.count ? "domain: --format is text or json"
						 : "domain: a FILE of libvirt XML is missing");
		complain("`passcheck --help` shows the usage");
		return EXIT_USAGE;
	}
	return document_with_host(options, read_and_judge);
}

const struct verb verb_domain = {
	.name = "domain",
	.operands = "FILE|DIR|-...",
	.summary = "check libvirt domains against the host",
	.accepts = OPTION_ROOT | OPTION_FORMAT | OPTION_COMPACT | OPTION_OUTPUT | OPTION_FAIL_ON |
		   OPTION_COLOR | OPTION_VERBOSE | OPTION_QUIET,
	.run = run,
};

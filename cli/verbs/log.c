/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/input/log_file.h"
#include "cli/options/table.h"
#include "report/log/log_report.h"

static enum exit_code explain(const struct options *options, const struct host *host,
			      const struct log_findings *log)
{
	struct log_report *report;
	int result = log_report_build(host, log, &report);

	if (result < 0)
		return document_fail(result);
	enum exit_code code = document_write(options, report, NULL);
	if (code == EXIT_READY)
		code = document_exit_code(report->verdict);
	log_report_free(report);
	return code;
}

/* Where no host is asked, host is NULL. */
static enum exit_code read_and_explain(const struct options *options, const struct host *host)
{
	struct log_scan *scan = log_scan_new();
	enum exit_code code = EXIT_FAILED;
	size_t read = 0;

	if (!scan)
		return document_fail(-ENOMEM);
	if (host)
		log_scan_host(scan, &host->logs);
	while (read < options->operands.count &&
	       log_file_read(scan, options->operands.words[read]) == 0)
		read++;
	if (read == options->operands.count)
		code = explain(options, host, log_scan_findings(scan));
	log_scan_free(scan);
	return code;
}

/* Without a FILE, the logs are those of the host itself. */
static enum exit_code run(const struct options *options)
{
	struct options wanted = *options;

	wanted.log = !options->operands.count;
	if (options->no_host && wanted.log)
		return complain_of_usage("log", "--no-host needs a FILE, or - for standard input");
	if (options->no_host)
		return read_and_explain(options, NULL);
	return document_with_host(&wanted, read_and_explain);
}

const struct verb verb_log = {
	.name = "log",
	.operands = "[FILE|-]...",
	.summary = "tell what messages of a log mean on this host",
	.examples = "  passcheck log                  this host's own logs\n"
		    "  journalctl -k -b | passcheck log - /var/log/libvirt/qemu/VM.log\n",
	.exits = {.ready = "found no message whose cause this host has",
		  .not_ready = "this host has the cause of a message",
		  .undetermined = "cannot tell whether this host has the cause of a message"},
	.accepts = OPTION_BIT(OPTION_ROOT) | OPTION_BIT(OPTION_NO_HOST) |
		   OPTION_BIT(OPTION_FORMAT) | OPTION_BIT(OPTION_COMPACT) |
		   OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_COLOR) |
		   OPTION_BIT(OPTION_VERBOSE) | OPTION_BIT(OPTION_QUIET) |
		   OPTION_BIT(OPTION_EXIT_ZERO),
	.documents = {&log_formats},
	.run = run,
};

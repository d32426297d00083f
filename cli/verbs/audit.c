/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/diagnostic.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/source.h"
#include "report/renderer.h"

enum { TIME_SIZE = sizeof("2026-01-01T00:00:00Z") };

static void current_time(char text[static TIME_SIZE])
{
	time_t now = time(NULL);
	struct tm parts;

	gmtime_r(&now, &parts);
	if (!strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts))
		text[0] = '\0';
}

static unsigned terminal_width(int fd)
{
	struct winsize size;

	if (!isatty(fd))
		return 0;
	if (ioctl(fd, TIOCGWINSZ, &size) || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

/* NO_COLOR: https://no-color.org. */
static bool wants_color(const struct options *options, bool terminal)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return terminal && term && strcmp(term, "dumb") != 0;
}

static struct render_options render_options(const struct options *options, FILE *stream)
{
	unsigned width = terminal_width(fileno(stream));

	return (struct render_options){
		.width = width,
		.color = wants_color(options, width > 0),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.verbose = options->verbose,
		.quiet = options->quiet,
	};
}

static enum exit_code write_report(const struct options *options, const struct report *report)
{
	const char *name = options->output ? options->output : "standard output";
	struct output output;
	int result = output_open(options->output, &output);

	if (result == 0) {
		struct render_options look = render_options(options, output.stream);
		result = renderer_find(options->format)->render(report, &look, output.stream);
		if (result < 0)
			output_discard(&output);
		else
			result = output_close(&output);
	}
	if (result < 0) {
		complain("%s: %s", name, strerror(-result));
		return EXIT_FAILED;
	}
	switch (report->verdict) {
	case HOST_READY:
		return EXIT_READY;
	case HOST_NOT_READY:
		return EXIT_NOT_READY;
	case HOST_UNDETERMINED:
		return EXIT_UNDETERMINED;
	}
	return EXIT_FAILED;
}

static enum exit_code judge(const struct options *options, const struct host *host)
{
	char now[TIME_SIZE];
	const struct report_options wanted = {
		.checks = options->checks.words,
		.check_count = options->checks.count,
		.selectors = options->operands.words,
		.selector_count = options->operands.count,
		.fail_on = options->fail_on,
		.time = now,
	};
	struct report *report;
	const char *culprit = NULL;

	current_time(now);
	int result = report_build(host, &wanted, &report, &culprit);
	if (result == -ENOENT) {
		complain("%s: no such function on this host", culprit);
		return EXIT_USAGE;
	}
	if (result == -EINVAL) {
		complain("--check %s: no such check; `passcheck checks` lists them", culprit);
		return EXIT_USAGE;
	}
	if (result < 0) {
		complain("%s", strerror(-result));
		return EXIT_FAILED;
	}
	enum exit_code code = write_report(options, report);
	report_free(report);
	return code;
}

static enum exit_code run(const struct options *options)
{
	const struct host_options wanted = {.identity = options->identity};
	enum exit_code code = EXIT_FAILED;
	struct source source;
	struct host *host;

	if (source_open(options->root, &source) < 0)
		return EXIT_FAILED;
	int result = host_load(source.root, &wanted, &host);
	if (result < 0) {
		complain("%s", strerror(-result));
	} else {
		code = judge(options, host);
		host_free(host);
	}
	source_close(&source);
	return code;
}

const struct verb verb_audit = {
	.name = "audit",
	.operands = "[FUNCTION...]",
	.summary = "audit the host, or explain these functions",
	.accepts = OPTION_ROOT | OPTION_FORMAT | OPTION_OUTPUT | OPTION_CHECK | OPTION_FAIL_ON |
		   OPTION_COLOR | OPTION_VERBOSE | OPTION_QUIET | OPTION_WITH_IDENTITY,
	.run = run,
};

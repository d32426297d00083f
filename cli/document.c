/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/document.h"

#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/diagnostic.h"
#include "cli/input/host_source.h"
#include "cli/missing.h"
#include "report/audit/audit.h"

void document_time(char text[static TIMESTAMP_SIZE])
{
	timestamp_format(time(NULL), text);
}

enum { USUAL_COLUMNS = 80, USUAL_LINES = 24, MOST_COLUMNS = 9999 };

/* What a terminal has; all 0 where fd is not one. */
static struct winsize terminal_size(int fd)
{
	struct winsize size = {0};

	if (!isatty(fd))
		return size;
	if (ioctl(fd, TIOCGWINSZ, &size) || size.ws_col == 0)
		size = (struct winsize){.ws_col = USUAL_COLUMNS, .ws_row = USUAL_LINES};
	return size;
}

/* COLUMNS is as POSIX has it (Base Definitions, 8.3): the user's wish, before what the terminal
 * has.
 */
static unsigned wished_columns(void)
{
	const char *text = getenv("COLUMNS");
	char *end;

	if (!text || *text < '1' || *text > '9')
		return 0;
	unsigned long value = strtoul(text, &end, 10);
	return *end || value > MOST_COLUMNS ? 0 : (unsigned)value;
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

static struct render_options look_at(const struct options *options, int fd)
{
	struct winsize size = terminal_size(fd);
	unsigned wished = wished_columns();

	return (struct render_options){
		.width = wished ? wished : size.ws_col,
		.height = size.ws_row,
		.color = wants_color(options, size.ws_col > 0),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.verbose = options->verbose,
		.verbose_by = "-v",
		.quiet = options->quiet,
		.by_group = options->by_group,
		.compact = options->compact,
	};
}

enum exit_code document_print(const char *path,
			      int (*print)(const void *context, const struct output *output),
			      const void *context)
{
	struct output output;
	int result = output_open(path, &output);

	if (result == 0) {
		result = print(context, &output);
		if (result < 0)
			output_discard(&output);
		else
			result = output_close(&output);
	}
	if (result == 0)
		return EXIT_READY;
	/* A reader that goes, as `head` does, has what it wanted. */
	if (result != -EPIPE)
		complain("%s: %s", path ? path : "standard output", error_text(-result));
	return EXIT_FAILED;
}

/* A document on its way out. */
struct rendering {
	const struct options *options;
	const void *document;
};

static int render(const void *context, const struct output *output)
{
	const struct rendering *rendering = context;
	struct render_options look = look_at(rendering->options, output->fd);

	return rendering->options->format->render(rendering->document, &look, output->stream);
}

enum exit_code document_write(const struct options *options, const void *document, const char *path)
{
	const struct rendering rendering = {options, document};

	return document_print(path ?: options->output, render, &rendering);
}

enum exit_code document_fail(int error)
{
	complain("%s", strerror(-error));
	return EXIT_FAILED;
}

enum exit_code document_fail_on(const struct options *options, const struct host *host, int error,
				const char *culprit)
{
	if (error == -ENOENT)
		return missing_function(options, host, culprit);
	return document_fail(error);
}

enum exit_code document_exit_code(enum host_verdict verdict)
{
	switch (verdict) {
	case HOST_READY:
		return EXIT_READY;
	case HOST_NOT_READY:
		return EXIT_NOT_READY;
	case HOST_UNDETERMINED:
		return EXIT_UNDETERMINED;
	}
	return EXIT_FAILED;
}

/* Whether what is written, or a verdict, rests on functions. */
static bool needs_functions(const struct options *options)
{
	return !options->format || !options->format->findings_alone || options->operands.count ||
	       options->required.count ||
	       audit_reads_functions(options->checks.words, options->checks.count);
}

enum exit_code document_with_host(const struct options *options,
				  enum exit_code (*use)(const struct options *options,
							const struct host *host))
{
	const struct host_options wanted = {
		.identity = options->identity || options->verb->asks_for_name,
		.logs = options->log,
		.users = options->verb->asks_for_users && options->operands.count,
		.found_users = options->users,
		.found_links = options->links,
		.host_alone = !needs_functions(options),
	};
	struct host_source host_source;

	if (host_source_open(options->root, &wanted, options->wake, &host_source) < 0)
		return EXIT_FAILED;
	enum exit_code code = use(options, host_source.host);
	host_source_close(&host_source);
	return code;
}

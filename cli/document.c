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
#include "cli/input/source.h"

void document_time(char text[static TIMESTAMP_SIZE])
{
	timestamp_format(time(NULL), text);
}

enum { USUAL_COLUMNS = 80, USUAL_LINES = 24, MOST_COLUMNS = 9999 };

/* What a terminal has; all 0 where fd is none. */
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
	complain("%s: %s", path ? path : "standard output", strerror(-result));
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

enum exit_code document_fail(int error, const char *culprit)
{
	switch (error) {
	case -ENOENT:
		complain("%s: no such function on this host", culprit);
		return EXIT_USAGE;
	case -EINVAL:
		complain("--check %s: no such check; `passcheck checks` lists them", culprit);
		return EXIT_USAGE;
	default:
		complain("%s", strerror(-error));
		return EXIT_FAILED;
	}
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

enum exit_code document_with_host(const struct options *options,
				  enum exit_code (*use)(const struct options *options,
							const struct host *host))
{
	const struct host_options wanted = {.identity = options->identity, .logs = options->log};
	enum exit_code code = EXIT_FAILED;
	struct sandbox_capabilities capabilities;
	struct source source;
	struct host *host;

	if (source_open(options->root, &source) < 0)
		return EXIT_FAILED;
	if (options->wake)
		root_wake(source.root);
	sandbox_lower(!root_is_captured(source.root), &capabilities);
	int result = host_load(source.root, &wanted, &host);
	sandbox_restore(&capabilities);
	/* No file is read any more, and none that was unpacked outlives a report that has to wait.
	 */
	archive_remove(&source.unpacked);
	if (result < 0) {
		complain("%s", strerror(-result));
	} else {
		code = use(options, host);
		host_free(host);
	}
	source_close(&source);
	return code;
}

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
#include "cli/similar.h"
#include "host/access/buffer.h"
#include "model/class_word.h"
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

/* A word that is no function may be a verb or a class that was mistyped. */
static enum exit_code fail_for_function(const char *word)
{
	const char *verb = verb_similar(word);
	struct similar similar = similar_begin(word);

	for (size_t i = 0; class_word_at(i); i++)
		similar_consider(&similar, class_word_at(i));
	complain("%s: no such function on this host", word);
	if (verb)
		complain("did you mean `passcheck %s`?", verb);
	else if (similar.best)
		complain("did you mean %s?", similar.best);
	else
		complain("`passcheck help audit` shows how a FUNCTION is named");
	return EXIT_USAGE;
}

enum exit_code document_fail(int error, const char *culprit)
{
	if (error == -ENOENT)
		return fail_for_function(culprit);
	complain("%s", strerror(-error));
	return EXIT_FAILED;
}

/* "nic (2), nvme (1)": the classes of functions that could be meant. */
static const char *list_classes(struct arena *arena, const struct host *host)
{
	size_t counts[WORD_COUNT] = {0};
	struct buffer list = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < host->pci.count; i++)
		counts[class_word_of(&host->pci.functions[i])]++;
	for (size_t i = 0; i < WORD_COUNT; i++) {
		if (counts[i] && i != WORD_UNKNOWN && i != WORD_BRIDGE && i != WORD_OTHER)
			buffer_item(&list, "%s (%zu)", class_word_name((enum class_word)i),
				    counts[i]);
	}
	return buffer_text(&list);
}

enum exit_code document_fail_on(const struct options *options, const struct host *host, int error,
				const char *culprit)
{
	const char *classes = list_classes(options->arena, host);

	if (error != -ENOENT || !class_word_known(culprit))
		return document_fail(error, culprit);
	complain("this host has no %s%s%s", culprit, *classes ? "; it has " : "", classes);
	return EXIT_USAGE;
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

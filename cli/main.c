/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/input/archive.h"
#include "cli/options/parse.h"
#include "host/access/leftover.h"

/*
 * Fills the descriptors of standard input, output and error where the caller closed them, so that
 * no file opened later takes their place. What is then written to them fails, as it should.
 */
static bool fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* open() gives the lowest number that is free. */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			return false;
	}
	return true;
}

/* An archive is unpacked into a folder for temporary files; a folder is audited where it lies. */
static const char *scratch_folder(const struct options *options)
{
	struct stat status;

	if (stat(options->root, &status) || S_ISDIR(status.st_mode))
		return NULL;
	return archive_scratch_folder();
}

static void confine(struct options *options)
{
	const char *paths[] = {options->output, NULL, NULL};
	size_t count = options->output ? 1 : 0;

	if (options->split)
		paths[count++] = options->split;
	sandbox_enter(paths, scratch_folder(options), &options->sandbox);
}

/* Who reads the document wants to know only whether there is one. */
static enum exit_code as_asked(const struct options *options, enum exit_code code)
{
	if (options->exit_zero && (code == EXIT_NOT_READY || code == EXIT_UNDETERMINED))
		return EXIT_READY;
	return code;
}

int main(int count, char **arguments)
{
	struct options options;
	enum exit_code code;
	char name[] = "passcheck";

	if (!fill_standard_descriptors())
		return EXIT_FAILED;
	setlocale(LC_CTYPE, "");
	/* A closed pipe and a file beyond RLIMIT_FSIZE are errors of write(), which are reported.
	 */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	leftover_watch();
	/* getopt_long() begins its complaints with the first word; all others begin so. */
	if (count)
		arguments[0] = name;
	if (options_parse(count, arguments, &options, &code)) {
		confine(&options);
		code = as_asked(&options, options.verb->run(&options));
	}
	options_free(&options);
	return (int)code;
}

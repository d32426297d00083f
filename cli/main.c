/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/input/archive.h"
#include "cli/options/parse.h"
#include "cli/verb.h"
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

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* What an archive holds goes into a file in the folder for temporary ones. */
static const char *scratch_folder(const struct options *options)
{
	bool needed = !is_folder(options->root);

	for (size_t i = 0; options->verb->reads_hosts && i < options->operands.count; i++)
		needed = needed || !is_folder(options->operands.words[i]);
	return needed ? archive_scratch_folder() : NULL;
}

/* Which programs have devices of a live host open is not seen from within Landlock. */
static void search_users(struct options *options)
{
	struct device_users *users = arena_alloc(options->arena, sizeof(*users));
	struct sandbox_capabilities capabilities;
	struct root *root;

	if (!users || !options->verb->asks_for_users || !options->operands.count ||
	    root_open(options->root, &root) < 0)
		return;
	if (!root_is_captured(root)) {
		sandbox_lower_to_search(&capabilities);
		device_users_load(root, options->arena, users);
		sandbox_restore(&capabilities);
		options->users = users;
	}
	root_close(root);
}

/* Opens the one socket that there is, before seccomp refuses any. Negative: there is none. */
static int open_links(const struct options *options)
{
	bool wanted = options->verb->asks_for_links && options->operands.count &&
		      strcmp(options->root, "/") == 0;

	return wanted ? vf_links_open() : -1;
}

static void ask_for_links(struct options *options, int descriptor)
{
	struct sandbox_capabilities capabilities;
	struct vf_links *links;

	if (descriptor < 0)
		return;
	links = arena_alloc(options->arena, sizeof(*links));
	sandbox_lower(0, &capabilities);
	if (links)
		vf_links_load(descriptor, options->arena, links);
	sandbox_restore(&capabilities);
	options->links = links;
	close(descriptor);
}

static void confine(struct options *options)
{
	int descriptor = open_links(options);
	const char *paths[] = {NULL, NULL, NULL};
	size_t count = 0;

	if (options->output && strcmp(options->output, "-") != 0)
		paths[count++] = options->output;
	if (options->split)
		paths[count++] = options->split;
	sandbox_refuse_calls(&options->sandbox);
	ask_for_links(options, descriptor);
	search_users(options);
	sandbox_confine(paths, scratch_folder(options), &options->sandbox);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "cli/options.h"

/*
 * Fills the descriptors of standard input, output and error where the caller closed them, so that
 * no file opened later takes their place. What is then written to them fails, as it should.
 */
static bool fill_standard_descriptors(void)
{
	for (;;) {
		int fd = open("/dev/null", O_RDONLY);
		if (fd < 0)
			return false;
		if (fd <= STDERR_FILENO)
			continue;
		close(fd);
		return true;
	}
}

int main(int count, char **arguments)
{
	struct options options;
	enum exit_code code;

	if (!fill_standard_descriptors())
		return EXIT_FAILED;
	setlocale(LC_CTYPE, "");
	/* A closed pipe is an error of write(), which is reported. */
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(count, arguments, &options, &code))
		code = options.verb->run(&options);
	options_free(&options);
	return (int)code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command, its output thrown away, and prints the most memory that it had, in KiB. What
 * execve(2) replaces counts, too (setmax_mm_hiwater_rss() in fs/exec.c), so of a command that
 * Python starts wait4(2) never tells less than Python has.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	posix_spawn_file_actions_t quiet;
	struct rusage usage;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_WRONLY, 0);
	if (count < 2 || posix_spawnp(&pid, arguments[1], &quiet, NULL, arguments + 1, environ) ||
	    wait4(pid, NULL, 0, &usage) != pid)
		return 1;
	printf("%ld\n", usage.ru_maxrss);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/diagnostic.h"

enum { PIECE = 64 * 1024 };

static int read_pieces(struct log_scan *scan, int fd)
{
	char bytes[PIECE];
	ssize_t count;

	while ((count = read(fd, bytes, sizeof(bytes))) != 0) {
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		log_scan_read(scan, bytes, (size_t)count);
	}
	log_scan_end(scan);
	return 0;
}

static int read_path(struct log_scan *scan, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	int result = read_pieces(scan, fd);
	close(fd);
	return result;
}

int log_file_read(struct log_scan *scan, const char *path)
{
	bool standard_input = strcmp(path, "-") == 0;
	int result = standard_input ? read_pieces(scan, STDIN_FILENO) : read_path(scan, path);

	if (result < 0)
		complain("%s: %s", standard_input ? "standard input" : path, strerror(-result));
	return result;
}

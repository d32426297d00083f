/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/requirements_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diagnostic.h"

/* More is no list of requirements. */
enum { LIMIT_REQUIREMENTS_FILE = 1024 * 1024 };

static int read_bytes(int fd, char *bytes, size_t limit, size_t *ret_length)
{
	size_t length = 0;

	while (length < limit) {
		ssize_t count = read(fd, bytes + length, limit - length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		if (count == 0)
			break;
		length += (size_t)count;
	}
	if (length == limit)
		return -EFBIG;
	*ret_length = length;
	return 0;
}

/* Reads a file of the machine that passcheck runs on. */
static int read_file(struct arena *arena, const char *path, char **ret_bytes, size_t *ret_length)
{
	char *bytes = arena_alloc(arena, LIMIT_REQUIREMENTS_FILE);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	int result = bytes ? read_bytes(fd, bytes, LIMIT_REQUIREMENTS_FILE, ret_length) : -ENOMEM;
	close(fd);
	*ret_bytes = bytes;
	return result;
}

static enum exit_code complain_of(const char *what, int error)
{
	complain("%s: %s", what, strerror(-error));
	return EXIT_FAILED;
}

enum exit_code requirements_add_word(struct arena *arena, const char *word,
				     struct requirement_list *list)
{
	const char *why = "";
	int result = requirements_add(arena, word, list, &why);

	if (result == -EINVAL) {
		complain("--require %s: %s", word, why);
		return EXIT_USAGE;
	}
	return result < 0 ? complain_of("--require", result) : EXIT_READY;
}

enum exit_code requirements_add_file(struct arena *arena, const char *path,
				     struct requirement_list *list)
{
	const char *why = "";
	char *bytes = NULL;
	size_t length = 0;
	int result = read_file(arena, path, &bytes, &length);

	if (result == 0)
		result = requirements_add_document(arena, bytes, length, list, &why);
	if (result == -EINVAL && *why) {
		complain("--requirements %s: %s", path, why);
		return EXIT_USAGE;
	}
	return result < 0 ? complain_of(path, result) : EXIT_READY;
}

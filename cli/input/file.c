/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 64 * 1024 };

/* What was read so far. */
struct content {
	char *bytes;
	size_t length;
	size_t capacity;
};

/* Makes room for more, up to limit bytes. Returns 0 or -ENOMEM. */
static int grow(struct content *content, size_t limit)
{
	size_t capacity = content->capacity ? 2 * content->capacity : FIRST_CAPACITY;

	if (capacity > limit)
		capacity = limit;
	char *bytes = realloc(content->bytes, capacity);
	if (!bytes)
		return -ENOMEM;
	content->bytes = bytes;
	content->capacity = capacity;
	return 0;
}

static int read_all(int fd, size_t limit, struct content *content)
{
	while (content->length < limit) {
		int result = content->length == content->capacity ? grow(content, limit) : 0;
		if (result < 0)
			return result;
		ssize_t count = read(fd, content->bytes + content->length,
				     content->capacity - content->length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0 ? -errno : 0;
		content->length += (size_t)count;
	}
	return 0;
}

int file_read_fd(int fd, size_t limit, char **ret, size_t *ret_length)
{
	struct content content = {0};
	int result = read_all(fd, limit, &content);

	if (result < 0) {
		free(content.bytes);
		return result;
	}
	*ret = content.bytes;
	*ret_length = content.length;
	return 0;
}

int file_read(const char *path, size_t limit, char **ret, size_t *ret_length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	int result = file_read_fd(fd, limit, ret, ret_length);
	close(fd);
	return result;
}

int file_read_whole(const char *path, size_t limit, char **ret, size_t *ret_length)
{
	int result = file_read(path, limit + 1, ret, ret_length);

	if (result == 0 && *ret_length > limit) {
		free(*ret);
		return -EFBIG;
	}
	return result;
}

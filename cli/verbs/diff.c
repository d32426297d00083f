/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/options/table.h"
#include "report/diff/diff.h"

/* A file on its way in. */
struct buffer {
	char *bytes;
	size_t length;
	size_t capacity;
};

/* Makes room for more. Returns 0, -EFBIG or -ENOMEM. */
static int grow(struct arena *arena, struct buffer *buffer)
{
	enum { FIRST = 64 * 1024 };
	size_t capacity = buffer->capacity ? 2 * buffer->capacity : FIRST;

	if (buffer->capacity >= LIMIT_SNAPSHOT)
		return -EFBIG;
	char *bytes = arena_alloc(arena, capacity);
	if (!bytes)
		return -ENOMEM;
	if (buffer->length)
		memcpy(bytes, buffer->bytes, buffer->length);
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return 0;
}

static int read_all(struct arena *arena, int fd, struct buffer *buffer)
{
	for (;;) {
		int result = buffer->length == buffer->capacity ? grow(arena, buffer) : 0;
		if (result < 0)
			return result;
		ssize_t count =
			read(fd, buffer->bytes + buffer->length, buffer->capacity - buffer->length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count < 0 ? -errno : 0;
		buffer->length += (size_t)count;
	}
}

static int read_file(struct arena *arena, const char *path, struct buffer *buffer)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	int result = read_all(arena, fd, buffer);
	close(fd);
	return result;
}

/* Reads a report. Complains of errors. */
static bool read_report(struct arena *arena, const char *path, struct snapshot *ret)
{
	struct buffer buffer = {0};
	const char *why = NULL;
	int result = read_file(arena, path, &buffer);

	if (result == 0)
		result = snapshot_parse(arena, buffer.bytes, buffer.length, ret, &why);
	if (result < 0)
		complain("%s: %s", path, why ? why : strerror(-result));
	return result == 0;
}

static enum exit_code exit_for(enum change_effect effect)
{
	switch (effect) {
	case CHANGE_NONE:
	case CHANGE_BETTER:
		return EXIT_READY;
	case CHANGE_UNKNOWN:
		return EXIT_UNDETERMINED;
	case CHANGE_WORSE:
		return EXIT_NOT_READY;
	}
	return EXIT_FAILED;
}

static enum exit_code run(const struct options *options)
{
	struct snapshot old_one, new_one;
	struct diff diff;

	if (options->operands.count != 2)
		return complain_of_usage("diff: two reports in JSON are compared, OLD and NEW");
	if (!read_report(options->arena, options->operands.words[0], &old_one) ||
	    !read_report(options->arena, options->operands.words[1], &new_one))
		return EXIT_FAILED;
	int result = diff_build(options->arena, &old_one, &new_one, &diff);
	if (result < 0)
		return document_fail(result, NULL);
	enum exit_code code = document_write(options, &diff, NULL);
	return code == EXIT_READY ? exit_for(diff.effect) : code;
}

const struct verb verb_diff = {
	.name = "diff",
	.operands = "OLD NEW",
	.summary = "tell what changed between two reports in JSON",
	.accepts = OPTION_BIT(OPTION_FORMAT) | OPTION_BIT(OPTION_COMPACT) |
		   OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_COLOR) | OPTION_BIT(OPTION_QUIET),
	.documents = {&diff_formats},
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/access/leftover.h"

enum { BUFFER_SIZE = 64 * 1024 };

static void release(struct output *output)
{
	free(output->buffer);
	free(output->path);
	leftover_forget(output->temporary);
	free(output->temporary);
	*output = (struct output){.fd = -1};
}

/* The rights that open() would give a new file. */
static mode_t ordinary_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static int open_temporary(struct output *output, mode_t mode)
{
	const char *slash = strrchr(output->path, '/');
	const char *name = slash ? slash + 1 : output->path;

	/* Who reads a folder by its names passes over those that begin with a dot. */
	if (asprintf(&output->temporary, "%.*s.%s.XXXXXX", (int)(name - output->path), output->path,
		     name) < 0) {
		output->temporary = NULL;
		return -ENOMEM;
	}
	output->fd = leftover_make_file(output->temporary);
	if (output->fd < 0) {
		free(output->temporary);
		output->temporary = NULL;
		return output->fd;
	}
	fchmod(output->fd, mode);
	return 0;
}

static int open_path(struct output *output, const char *path)
{
	struct stat status;
	bool exists = stat(path, &status) == 0;

	/* A link is kept, and what it points to is replaced. */
	output->path = exists ? realpath(path, NULL) : strdup(path);
	if (!output->path)
		return exists ? -errno : -ENOMEM;
	if (!exists || S_ISREG(status.st_mode))
		return open_temporary(output, exists ? status.st_mode & 07777 : ordinary_mode());
	output->fd = open(output->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return output->fd < 0 ? -errno : 0;
}

/* Writes all of it: stdio takes less for a failure. */
static ssize_t write_all(void *cookie, const char *bytes, size_t size)
{
	struct output *output = cookie;
	size_t written = 0;

	while (written < size && !output->error) {
		ssize_t result = write(output->fd, bytes + written, size - written);
		if (result >= 0)
			written += (size_t)result;
		else if (errno != EINTR)
			output->error = errno;
	}
	return output->error ? 0 : (ssize_t)written;
}

static int open_stream(struct output *output)
{
	const cookie_io_functions_t functions = {.write = write_all};

	output->stream = fopencookie(output, "w", functions);
	if (!output->stream)
		return -ENOMEM;
	/* It lives as long as the stream. Without it stdio takes a smaller one of its own. */
	output->buffer = malloc(BUFFER_SIZE);
	if (output->buffer)
		setvbuf(output->stream, output->buffer, _IOFBF, BUFFER_SIZE);
	return 0;
}

int output_open(const char *path, struct output *ret)
{
	bool standard = !path || strcmp(path, "-") == 0;
	int result = 0;

	*ret = (struct output){.fd = standard ? STDOUT_FILENO : -1};
	if (!standard)
		result = open_path(ret, path);
	if (result == 0)
		result = open_stream(ret);
	if (result < 0)
		output_discard(ret);
	return result;
}

static int close_fd(const struct output *output)
{
	if (!output->path || output->fd < 0)
		return 0;
	return close(output->fd) ? -errno : 0;
}

/* Writes out what is buffered. */
static int finish(struct output *output)
{
	if (fclose(output->stream) && !output->error)
		output->error = EIO;
	output->stream = NULL;
	if (!output->error && output->temporary && fsync(output->fd))
		output->error = errno;
	return -output->error;
}

int output_close(struct output *output)
{
	int result = finish(output), closed = close_fd(output);

	if (result == 0)
		result = closed;
	if (result == 0 && output->temporary && rename(output->temporary, output->path))
		result = -errno;
	if (result < 0 && output->temporary)
		unlink(output->temporary);
	release(output);
	return result;
}

void output_discard(struct output *output)
{
	/* What is buffered goes nowhere. */
	output->error = ECANCELED;
	if (output->stream)
		fclose(output->stream);
	close_fd(output);
	if (output->temporary)
		unlink(output->temporary);
	release(output);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void release(struct output *output)
{
	free(output->path);
	free(output->temporary);
	*output = (struct output){0};
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
	if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0) {
		output->temporary = NULL;
		return -ENOMEM;
	}
	int fd = mkstemp(output->temporary);
	if (fd < 0) {
		int error = errno;
		free(output->temporary);
		output->temporary = NULL;
		return -error;
	}
	fchmod(fd, mode);
	output->stream = fdopen(fd, "w");
	if (output->stream)
		return 0;
	close(fd);
	return -ENOMEM;
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
	output->stream = fopen(output->path, "we");
	return output->stream ? 0 : -errno;
}

int output_open(const char *path, struct output *ret)
{
	struct output output = {0};

	if (!path || strcmp(path, "-") == 0) {
		*ret = (struct output){.stream = stdout};
		return 0;
	}
	int result = open_path(&output, path);
	if (result < 0) {
		output_discard(&output);
		return result;
	}
	*ret = output;
	return 0;
}

/* Writes out what is buffered, and tells whether anything was lost before. */
static int finish_stream(const struct output *output)
{
	bool lost = ferror(output->stream);

	errno = 0;
	if (fflush(output->stream))
		return errno ? -errno : -EIO;
	if (lost)
		return -EIO;
	if (output->temporary && fsync(fileno(output->stream)))
		return -errno;
	return 0;
}

int output_close(struct output *output)
{
	int result = finish_stream(output);

	if (output->path && fclose(output->stream) && result == 0)
		result = -errno;
	output->stream = NULL;
	if (result == 0 && output->temporary && rename(output->temporary, output->path))
		result = -errno;
	if (result < 0 && output->temporary)
		unlink(output->temporary);
	release(output);
	return result;
}

void output_discard(struct output *output)
{
	if (output->path && output->stream)
		fclose(output->stream);
	if (output->temporary)
		unlink(output->temporary);
	release(output);
}

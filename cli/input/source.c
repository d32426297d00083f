/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/diagnostic.h"
#include "cli/input/archive.h"
#include "host/access/capture_index.h"

static void complain_of_kernel(void)
{
	complain("this kernel has no openat2(), without which no path can be confined");
}

static int unpack(const char *path, struct source *source)
{
	char *why;
	int result = archive_unpack(path, &archive_limits, &source->unpacked, &why);

	if (result == -EBADMSG)
		complain("%s: not a whole tar archive: %s", path, why ? why : strerror(EBADMSG));
	else if (result == -EFBIG)
		complain("%s: unpacks to more than passcheck takes", path);
	else if (result == -ENOSYS)
		complain_of_kernel();
	else if (result < 0)
		complain("%s: %s", path, strerror(-result));
	free(why);
	return result;
}

/* Opens the tree at directory, or in its folder root, as a fixture has it beside what is said of
 * it.
 */
static int open_tree(const char *directory, struct root **ret)
{
	int result = root_open(directory, ret);
	char *inner;

	if (result != -ENODATA)
		return result;
	if (asprintf(&inner, "%s/root", directory) < 0)
		return -ENOMEM;
	int inside = root_open(inner, ret);
	free(inner);
	return inside == -ENOENT || inside == -ENOTDIR ? result : inside;
}

static int open_root(const char *path, const char *directory, struct source *source)
{
	int result = open_tree(directory, &source->root);

	if (result == -ENOSYS)
		complain_of_kernel();
	else if (result == -EBADMSG)
		complain("%s: its capture index %s is damaged", path, CAPTURE_INDEX_PATH);
	else if (result == -ENODATA)
		complain("%s: holds no captured host, neither proc nor sys", path);
	else if (result < 0)
		complain("%s: %s", path, strerror(-result));
	return result;
}

int source_open(const char *path, struct source *ret)
{
	struct source source = {0};
	struct stat status;

	if (stat(path, &status)) {
		int error = errno;
		complain("%s: %s", path, strerror(error));
		return -error;
	}
	int result = S_ISDIR(status.st_mode) ? 0 : unpack(path, &source);
	if (result == 0)
		result = open_root(path, source.unpacked.path ? source.unpacked.path : path,
				   &source);
	if (result < 0) {
		source_close(&source);
		return result;
	}
	*ret = source;
	return 0;
}

void source_close(struct source *source)
{
	root_close(source->root);
	archive_remove(&source->unpacked);
	*source = (struct source){0};
}

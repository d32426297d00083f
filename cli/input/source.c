/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/diagnostic.h"
#include "cli/input/archive.h"
#include "cli/progress.h"
#include "cli/sandbox.h"
#include "host/access/capture_index.h"
#include "host/access/stored_tree.h"

static void complain_of_kernel(void)
{
	complain("this kernel has no openat2(), without which no path can be confined");
}

/* Decoders of a stranger's bytes take no more rights than a captured tree does. */
static int load_lowered(const char *path, struct source *source, char **ret_why)
{
	struct sandbox_capabilities capabilities;
	struct progress progress;

	sandbox_lower(0, &capabilities);
	progress_begin(&progress, "unpacking the capture");
	int result = archive_load(path, &archive_limits, &source->archive, ret_why);
	progress_end(&progress);
	sandbox_restore(&capabilities);
	return result;
}

static int load(const char *path, struct source *source)
{
	char *why;
	int result = load_lowered(path, source, &why);

	if (result == -EBADMSG)
		complain("%s: not a whole tar archive: %s", path, why ? why : strerror(EBADMSG));
	else if (result == -EFBIG)
		complain("%s: holds more than passcheck takes", path);
	else if (result < 0)
		complain("%s: %s", path, error_text(-result));
	free(why);
	return result;
}

/* Opens the folder of a source as a root. */
static int open_folder(const struct source *source, const char *folder, struct root **ret)
{
	return source->archive ? root_open_stored(source->archive, folder, ret)
			       : root_open(folder, ret);
}

/* Opens the tree in a folder, or in its folder root, as a fixture has it beside what is said of it.
 */
static int open_tree(const struct source *source, const char *folder, struct root **ret)
{
	int result = open_folder(source, folder, ret);
	char *inner;

	if (result != -ENODATA)
		return result;
	if (asprintf(&inner, "%s/root", folder) < 0)
		return -ENOMEM;
	int inside = open_folder(source, inner, ret);
	free(inner);
	return inside == -ENOENT || inside == -ENOTDIR ? result : inside;
}

static int open_root(const char *path, struct source *source)
{
	int result = open_tree(source, source->archive ? "" : path, &source->root);

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
	int result = S_ISDIR(status.st_mode) ? 0 : load(path, &source);
	if (result == 0)
		result = open_root(path, &source);
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
	stored_tree_free(source->archive);
	*source = (struct source){0};
}

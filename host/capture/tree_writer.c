/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture/tree_writer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/access/leftover.h"
#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/library/libraries.h"

struct tree_writer {
	struct archive *archive;
	char *path;         /* NULL: standard output */
	char *temporary;    /* NULL: nothing to be renamed */
	const char *prefix; /* of the members' names: the folder, "" in an archive */
};

struct suffix {
	const char *text;
	int filter; /* ARCHIVE_FILTER_* */
};

static const struct suffix suffixes[] = {
	{".tar", ARCHIVE_FILTER_NONE},  {".tar.gz", ARCHIVE_FILTER_GZIP},
	{".tgz", ARCHIVE_FILTER_GZIP},  {".tar.zst", ARCHIVE_FILTER_ZSTD},
	{".tar.xz", ARCHIVE_FILTER_XZ},
};

/* Returns how path names an archive, or NULL where it names a folder. */
static const struct suffix *find_suffix(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		if (has_suffix(path, suffixes[i].text))
			return &suffixes[i];
	}
	return NULL;
}

bool tree_writer_is_standard_output(const char *path)
{
	return strcmp(path, "-") == 0;
}

bool tree_writer_makes_archive(const char *path)
{
	return find_suffix(path) != NULL;
}

static int archive_error(const struct tree_writer *writer)
{
	int error = libarchive->archive_errno(writer->archive);

	return error > 0 ? -error : -EIO;
}

/* The rights that creat() and mkdir() would give. */
static mode_t ordinary_mode(mode_t mode)
{
	mode_t mask = umask(0);

	umask(mask);
	return mode & ~mask;
}

static int new_archive(struct tree_writer *writer, int filter)
{
	writer->prefix = "";
	writer->archive = libarchive->archive_write_new();
	if (!writer->archive)
		return -ENOMEM;
	if (libarchive->archive_write_set_format_pax_restricted(writer->archive) != ARCHIVE_OK ||
	    libarchive->archive_write_add_filter(writer->archive, filter) != ARCHIVE_OK)
		return archive_error(writer);
	return 0;
}

static int open_archive(struct tree_writer *writer, int filter)
{
	int fd = leftover_make_file(writer->temporary);

	if (fd < 0)
		return fd;
	fchmod(fd, ordinary_mode(0666));
	close(fd);
	int result = new_archive(writer, filter);
	if (result == 0 && libarchive->archive_write_open_filename(writer->archive,
								   writer->temporary) != ARCHIVE_OK)
		result = archive_error(writer);
	return result;
}

static int open_standard_output(struct tree_writer *writer)
{
	int result = new_archive(writer, ARCHIVE_FILTER_NONE);

	if (result == 0 &&
	    libarchive->archive_write_open_fd(writer->archive, STDOUT_FILENO) != ARCHIVE_OK)
		result = archive_error(writer);
	return result;
}

static int open_folder(struct tree_writer *writer)
{
	int result = leftover_make_folder(writer->temporary);

	if (result < 0)
		return result;
	chmod(writer->temporary, ordinary_mode(0777));
	writer->prefix = writer->temporary;
	writer->archive = libarchive->archive_write_disk_new();
	return writer->archive ? 0 : -ENOMEM;
}

static void release(struct tree_writer *writer)
{
	libarchive->archive_write_free(writer->archive);
	if (writer->temporary)
		leftover_forget(writer->temporary);
	free(writer->temporary);
	free(writer->path);
	free(writer);
}

/* "DIR/" names the folder DIR. */
static char *without_slashes(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return strndup(path, length);
}

static int name_temporary(struct tree_writer *writer, const char *path)
{
	writer->path = without_slashes(path);
	if (!writer->path)
		return -ENOMEM;
	const char *name = last_part(writer->path);
	/* Who reads a folder by its names passes over those that begin with a dot. */
	if (asprintf(&writer->temporary, "%.*s.%s.XXXXXX", (int)(name - writer->path), writer->path,
		     name) < 0) {
		writer->temporary = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int open_path(struct tree_writer *writer, const char *path)
{
	const struct suffix *suffix = find_suffix(path);
	int result = name_temporary(writer, path);

	if (result < 0)
		return result;
	return suffix ? open_archive(writer, suffix->filter) : open_folder(writer);
}

int tree_writer_open(const char *path, struct tree_writer **ret)
{
	struct tree_writer *writer;
	int result = libraries_load();

	if (result < 0)
		return result;
	writer = calloc(1, sizeof(*writer));
	if (!writer)
		return -ENOMEM;
	result = tree_writer_is_standard_output(path) ? open_standard_output(writer)
						      : open_path(writer, path);
	if (result < 0) {
		release(writer);
		return result;
	}
	*ret = writer;
	return 0;
}

/* Returns a new entry of that name and type, or NULL. */
static struct archive_entry *new_entry(const struct tree_writer *writer, const char *path,
				       unsigned type, unsigned mode)
{
	struct archive_entry *entry = libarchive->archive_entry_new();
	char *name;

	if (!entry)
		return NULL;
	/* Names in an archive are relative. */
	if (asprintf(&name, "%s%s", writer->prefix, *writer->prefix ? path : path + 1) < 0) {
		libarchive->archive_entry_free(entry);
		return NULL;
	}
	libarchive->archive_entry_copy_pathname(entry, name);
	libarchive->archive_entry_set_filetype(entry, type);
	libarchive->archive_entry_set_perm(entry, mode);
	free(name);
	return entry;
}

int tree_writer_add_file(struct tree_writer *writer, const char *path, const char *bytes,
			 size_t length)
{
	struct archive_entry *entry = new_entry(writer, path, AE_IFREG, 0644);
	int result = 0;

	if (!entry)
		return -ENOMEM;
	libarchive->archive_entry_set_size(entry, (la_int64_t)length);
	if (libarchive->archive_write_header(writer->archive, entry) != ARCHIVE_OK ||
	    (length && libarchive->archive_write_data(writer->archive, bytes, length) !=
			       (la_ssize_t)length) ||
	    libarchive->archive_write_finish_entry(writer->archive) != ARCHIVE_OK)
		result = archive_error(writer);
	libarchive->archive_entry_free(entry);
	return result;
}

int tree_writer_add_link(struct tree_writer *writer, const char *path, const char *target)
{
	struct archive_entry *entry = new_entry(writer, path, AE_IFLNK, 0777);
	int result = 0;

	if (!entry)
		return -ENOMEM;
	libarchive->archive_entry_copy_symlink(entry, target);
	if (libarchive->archive_write_header(writer->archive, entry) != ARCHIVE_OK)
		result = archive_error(writer);
	libarchive->archive_entry_free(entry);
	return result;
}

int tree_writer_finish(struct tree_writer *writer, int result)
{
	/* What was begun on standard output cannot be taken back, and must not look whole. */
	if (result < 0)
		libarchive->archive_write_fail(writer->archive);
	else if (libarchive->archive_write_close(writer->archive) != ARCHIVE_OK)
		result = archive_error(writer);
	if (result == 0 && writer->temporary && rename(writer->temporary, writer->path))
		result = errno == ENOTEMPTY || errno == ENOTDIR ? -EEXIST : -errno;
	if (result < 0 && writer->temporary)
		leftover_remove(writer->temporary);
	release(writer);
	return result;
}

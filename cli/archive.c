/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_SIZE = 64 * 1024, OPEN_DIRECTORIES = 16 };

/* An archive on its way into the working directory. */
struct unpacking {
	struct archive *reader;
	struct archive *writer;
	int64_t bytes;
	size_t members;
};

static int open_reader(struct unpacking *unpacking, int fd)
{
	struct archive *reader = unpacking->reader;

	archive_read_support_filter_all(reader);
	archive_read_support_format_tar(reader);
	return archive_read_open_fd(reader, fd, BLOCK_SIZE) == ARCHIVE_OK ? 0 : -EBADMSG;
}

/* Counts a member and checks it against the limits before anything of it is written. */
static int admit(struct unpacking *unpacking, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	if (!name)
		return -EBADMSG;
	if (++unpacking->members > LIMIT_ARCHIVE_MEMBERS || strlen(name) > LIMIT_ARCHIVE_PATH)
		return -EFBIG;
	return 0;
}

/* Devices, FIFOs and sockets are no part of a capture; a hard link may name what it should not. */
static bool is_wanted(struct archive_entry *entry)
{
	mode_t type = archive_entry_filetype(entry);

	if (archive_entry_hardlink(entry))
		return false;
	return type == AE_IFREG || type == AE_IFDIR || type == AE_IFLNK;
}

/* The reader of the tree must get at everything, whatever rights it had on its host. */
static void open_up(struct archive_entry *entry)
{
	archive_entry_set_perm(entry, archive_entry_filetype(entry) == AE_IFDIR ? 0700 : 0600);
}

static int copy_data(struct unpacking *unpacking)
{
	const void *block;
	size_t size;
	la_int64_t offset;

	for (;;) {
		int result = archive_read_data_block(unpacking->reader, &block, &size, &offset);
		if (result == ARCHIVE_EOF)
			return 0;
		if (result != ARCHIVE_OK)
			return -EBADMSG;
		/* The offset counts too: a sparse member holds more than its blocks. */
		unpacking->bytes += (int64_t)size;
		if (offset > LIMIT_ARCHIVE_BYTES || unpacking->bytes > LIMIT_ARCHIVE_BYTES)
			return -EFBIG;
		if (archive_write_data_block(unpacking->writer, block, size, offset) < ARCHIVE_OK)
			return -EIO;
	}
}

static int unpack_member(struct unpacking *unpacking, struct archive_entry *entry)
{
	int result = admit(unpacking, entry);

	if (result < 0 || !is_wanted(entry))
		return result;
	open_up(entry);
	if (archive_entry_filetype(entry) == AE_IFREG &&
	    archive_entry_size(entry) > LIMIT_ARCHIVE_BYTES)
		return -EFBIG;
	/* A member that is refused (its name climbs, a link is in the way) makes the archive bad.
	 */
	if (archive_write_header(unpacking->writer, entry) < ARCHIVE_WARN) {
		archive_set_error(unpacking->reader, EINVAL, "%s",
				  archive_error_string(unpacking->writer));
		return -EBADMSG;
	}
	return archive_entry_filetype(entry) == AE_IFREG ? copy_data(unpacking) : 0;
}

static int unpack_all(struct unpacking *unpacking)
{
	struct archive_entry *entry;

	for (;;) {
		int result = archive_read_next_header(unpacking->reader, &entry);
		if (result == ARCHIVE_EOF)
			return unpacking->members ? 0 : -EBADMSG;
		if (result < ARCHIVE_WARN)
			return -EBADMSG;
		result = unpack_member(unpacking, entry);
		if (result < 0)
			return result;
	}
}

static int unpack(int fd, char **ret_why)
{
	const int secure = ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
			   ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS;
	struct unpacking unpacking = {
		.reader = archive_read_new(),
		.writer = archive_write_disk_new(),
	};
	int result = -ENOMEM;

	if (unpacking.reader && unpacking.writer) {
		archive_write_disk_set_options(unpacking.writer, secure);
		result = open_reader(&unpacking, fd);
		if (result == 0)
			result = unpack_all(&unpacking);
		if (result == -EBADMSG && archive_error_string(unpacking.reader))
			*ret_why = strdup(archive_error_string(unpacking.reader));
		if (result == -EIO && archive_errno(unpacking.writer) > 0)
			result = -archive_errno(unpacking.writer);
	}
	archive_read_free(unpacking.reader);
	archive_write_free(unpacking.writer);
	return result;
}

/* libarchive writes below the working directory; ours is the private one only meanwhile. */
static int unpack_into(const char *directory, int fd, char **ret_why)
{
	int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (before < 0)
		return -errno;
	int result = chdir(directory) ? -errno : unpack(fd, ret_why);
	if (fchdir(before) && result == 0)
		result = -errno;
	close(before);
	return result;
}

const char *archive_scratch_folder(void)
{
	const char *folder = secure_getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

static int make_private_directory(char **ret)
{
	char *directory = NULL;

	if (asprintf(&directory, "%s/passcheck.XXXXXX", archive_scratch_folder()) < 0)
		return -ENOMEM;
	if (!mkdtemp(directory)) {
		int error = errno;
		free(directory);
		return -error;
	}
	*ret = directory;
	return 0;
}

int archive_unpack(const char *path, char **ret_directory, char **ret_why)
{
	char *directory = NULL;

	*ret_why = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int result = make_private_directory(&directory);
	if (result == 0) {
		result = unpack_into(directory, fd, ret_why);
		if (result < 0)
			archive_remove(directory);
		else
			*ret_directory = directory;
	}
	close(fd);
	return result;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	remove(path);
	return 0;
}

void archive_remove(char *directory)
{
	if (!directory)
		return;
	nftw(directory, remove_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
	free(directory);
}

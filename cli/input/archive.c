/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/access/array.h"

enum { BLOCK_SIZE = 64 * 1024, TAR_BLOCK_SIZE = 512, OPEN_DIRECTORIES = 16 };
enum {
	SECURE = ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
		 ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS,
};

const struct archive_limits archive_limits = {
	.members = 2 * 1024 * 1024,
	.bytes = (int64_t)1024 * 1024 * 1024,
};

/* An archive on its way into the working directory. */
struct unpacking {
	struct archive *reader;
	struct archive *writer;
	const struct archive_limits *limits;
	int fd;
	int signals; /* a descriptor that is readable while a signal waits */
	int64_t bytes;
	size_t members;
	int64_t position; /* in the tar stream, behind the last member's content */
	char block[BLOCK_SIZE];
};

/* Reads for libarchive, until the archive ends or a signal waits. */
static la_ssize_t read_block(struct archive *reader, void *context, const void **ret_block)
{
	struct unpacking *unpacking = context;
	struct pollfd ready[] = {
		{.fd = unpacking->fd, .events = POLLIN},
		{.fd = unpacking->signals, .events = POLLIN},
	};

	if (poll(ready, ARRAY_LENGTH(ready), -1) < 0 || ready[1].revents) {
		archive_set_error(reader, EINTR, "a signal came");
		return -1;
	}
	ssize_t length = read(unpacking->fd, unpacking->block, sizeof(unpacking->block));
	if (length < 0)
		archive_set_error(reader, errno, "%s", strerror(errno));
	*ret_block = unpacking->block;
	return length;
}

/* Returns what one of libarchive's objects met: an error of the system, or a bad archive. */
static int error_of(struct archive *archive)
{
	static const int systems[] = {EINTR, EIO, ENOMEM, ENOSPC, EDQUOT, EROFS, EACCES};

	for (size_t i = 0; i < ARRAY_LENGTH(systems); i++) {
		if (archive_errno(archive) == systems[i])
			return -systems[i];
	}
	return -EBADMSG;
}

static int open_reader(struct unpacking *unpacking)
{
	struct archive *reader = unpacking->reader;

	archive_read_support_filter_all(reader);
	archive_read_support_format_tar(reader);
	/* Names are bytes, whatever the locale is: none is converted, and so none is lost. */
	archive_read_set_format_option(reader, "tar", "hdrcharset", "BINARY");
	if (archive_read_open(reader, unpacking, NULL, read_block, NULL) == ARCHIVE_OK)
		return 0;
	return error_of(reader);
}

/* Refuses the archive for what is wrong with it. */
static int refuse(struct unpacking *unpacking, const char *subject, const char *why)
{
	archive_set_error(unpacking->reader, EINVAL, "%s%s", subject, why);
	return -EBADMSG;
}

static int writer_failed(struct unpacking *unpacking)
{
	const char *why = archive_error_string(unpacking->writer);
	int error = error_of(unpacking->writer);

	return error == -EBADMSG ? refuse(unpacking, why ? why : "cannot be unpacked", "") : error;
}

/* Why a member is refused, or NULL. One that was passed over would look absent to an audit. */
static const char *why_unwanted(struct archive_entry *entry)
{
	mode_t type = archive_entry_filetype(entry);

	if (archive_entry_hardlink(entry))
		return " is a hard link";
	if (type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK)
		return " is neither a folder, a file nor a symbolic link";
	return NULL;
}

/* Checks a member against the limits before anything of it is written. */
static int admit(struct unpacking *unpacking, struct archive_entry *entry)
{
	const struct archive_limits *limits = unpacking->limits;
	const char *name = archive_entry_pathname(entry);

	if (!name)
		return refuse(unpacking, "a member", " has no name");
	const char *why = why_unwanted(entry);
	if (why)
		return refuse(unpacking, name, why);
	if (++unpacking->members > limits->members || strlen(name) > LIMIT_ARCHIVE_PATH)
		return -EFBIG;
	if (archive_entry_size(entry) > limits->bytes)
		return -EFBIG;
	return 0;
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
			return error_of(unpacking->reader);
		/* The offset counts too: a sparse member holds more than its blocks. */
		unpacking->bytes += (int64_t)size;
		if (offset > unpacking->limits->bytes ||
		    unpacking->bytes > unpacking->limits->bytes)
			return -EFBIG;
		if (archive_write_data_block(unpacking->writer, block, size, offset) < ARCHIVE_OK)
			return writer_failed(unpacking);
	}
}

static int unpack_member(struct unpacking *unpacking, struct archive_entry *entry)
{
	int result = admit(unpacking, entry);

	if (result < 0)
		return result;
	open_up(entry);
	/* A name that climbs, or a link in the way. */
	if (archive_write_header(unpacking->writer, entry) != ARCHIVE_OK)
		return writer_failed(unpacking);
	return archive_entry_filetype(entry) == AE_IFREG ? copy_data(unpacking) : 0;
}

/*
 * A tar archive ends with blocks of zeros (POSIX, pax, "ustar Interchange Format"). libarchive does
 * not mind where they are missing, so that one cut between two members would pass for whole. What
 * it read since the last content tells: less than a block is padding.
 */
static int expect_end(struct unpacking *unpacking)
{
	int64_t behind = archive_filter_bytes(unpacking->reader, 0) - unpacking->position;

	if (!unpacking->members)
		return refuse(unpacking, "it", " has no members");
	return behind < TAR_BLOCK_SIZE ? refuse(unpacking, "it", " was cut off") : 0;
}

static int unpack_all(struct unpacking *unpacking)
{
	struct archive_entry *entry;

	for (;;) {
		int result = archive_read_next_header(unpacking->reader, &entry);
		if (result == ARCHIVE_EOF)
			return expect_end(unpacking);
		/* A warning is of a member that is not as the archive has it. */
		if (result != ARCHIVE_OK)
			return error_of(unpacking->reader);
		result = unpack_member(unpacking, entry);
		if (result < 0)
			return result;
		unpacking->position = archive_filter_bytes(unpacking->reader, 0);
	}
}

/* Unpacks into the working directory. */
static int unpack(struct unpacking *unpacking, char **ret_why)
{
	int result = -ENOMEM;

	unpacking->reader = archive_read_new();
	unpacking->writer = archive_write_disk_new();
	if (unpacking->reader && unpacking->writer) {
		archive_write_disk_set_options(unpacking->writer, SECURE);
		result = open_reader(unpacking);
		if (result == 0)
			result = unpack_all(unpacking);
		if (result == -EBADMSG && archive_error_string(unpacking->reader))
			*ret_why = strdup(archive_error_string(unpacking->reader));
	}
	archive_read_free(unpacking->reader);
	archive_write_free(unpacking->writer);
	return result;
}

/* pax has names in UTF-8, which libarchive would convert to the character set of the user. */
static int unpack_names_as_they_are(struct unpacking *unpacking, char **ret_why)
{
	locale_t names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = names ? uselocale(names) : (locale_t)0;
	int result = unpack(unpacking, ret_why);

	if (names) {
		uselocale(before);
		freelocale(names);
	}
	return result;
}

/* libarchive writes below the working directory; ours is the private one only meanwhile. */
static int unpack_into(const char *directory, struct unpacking *unpacking, char **ret_why)
{
	int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (before < 0)
		return -errno;
	int result = chdir(directory) ? -errno : unpack_names_as_they_are(unpacking, ret_why);
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

/* Signals that end the program. */
static void ending_signals(sigset_t *ret)
{
	sigemptyset(ret);
	sigaddset(ret, SIGINT);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGHUP);
}

static int unpack_watching(const char *directory, int fd, const struct archive_limits *limits,
			   char **ret_why)
{
	struct unpacking *unpacking = calloc(1, sizeof(*unpacking));
	sigset_t signals;

	if (!unpacking)
		return -ENOMEM;
	ending_signals(&signals);
	unpacking->fd = fd;
	unpacking->limits = limits;
	unpacking->signals = signalfd(-1, &signals, SFD_CLOEXEC);
	int result = unpacking->signals < 0 ? -errno : 0;
	if (result == 0) {
		result = unpack_into(directory, unpacking, ret_why);
		close(unpacking->signals);
	}
	free(unpacking);
	return result;
}

int archive_unpack(const char *path, const struct archive_limits *limits,
		   struct archive_folder *ret, char **ret_why)
{
	struct archive_folder folder = {0};
	sigset_t signals;

	*ret_why = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ending_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, &folder.before);
	int result = make_private_directory(&folder.path);
	if (result == 0)
		result = unpack_watching(folder.path, fd, limits, ret_why);
	close(fd);
	if (result < 0 && folder.path)
		archive_remove(&folder);
	else if (result < 0)
		sigprocmask(SIG_SETMASK, &folder.before, NULL);
	else
		*ret = folder;
	return result;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	remove(path);
	return 0;
}

void archive_remove(struct archive_folder *folder)
{
	if (!folder->path)
		return;
	nftw(folder->path, remove_entry, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
	free(folder->path);
	folder->path = NULL;
	sigprocmask(SIG_SETMASK, &folder->before, NULL);
}

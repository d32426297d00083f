/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/access/stored_tree.h"
#include "host/base/array.h"
#include "host/library/libraries.h"

/* A block is small, since what comes out of it is counted only once the next one is asked for. */
enum { BLOCK_SIZE = 16 * 1024, TAR_BLOCK_SIZE = 512 };

const struct archive_limits archive_limits = {
	.members = 2 * 1024 * 1024,
	.bytes = (int64_t)1024 * 1024 * 1024,
};

/* An archive on its way into memory. */
struct loading {
	struct archive *reader;
	const struct archive_limits *limits;
	int fd;
	struct stored_tree *tree;
	size_t members;
	int64_t position; /* in the tar stream, behind the last member's content */
	char block[BLOCK_SIZE];
};

/* What was read of the tar stream, headers and padding with it. */
static bool is_too_large(const struct loading *loading)
{
	return libarchive->archive_filter_bytes(loading->reader, 0) > loading->limits->bytes;
}

/* Reads for libarchive, until the archive ends or is too large. */
static la_ssize_t read_block(struct archive *reader, void *context, const void **ret_block)
{
	struct loading *loading = context;

	if (is_too_large(loading)) {
		libarchive->archive_set_error(reader, EFBIG, "it is too large");
		return -1;
	}
	ssize_t length = read(loading->fd, loading->block, sizeof(loading->block));
	if (length < 0)
		libarchive->archive_set_error(reader, errno, "%s", strerror(errno));
	*ret_block = loading->block;
	return length;
}

/* Returns what a system call met: an error of the system, or 0 for a bad archive. */
static int system_error(int error)
{
	static const int systems[] = {EIO,    ENOMEM, ENOSPC, EDQUOT, EROFS,
				      EACCES, EFBIG,  ENOSYS, EMFILE, ENFILE};

	for (size_t i = 0; i < ARRAY_LENGTH(systems); i++) {
		if (error == systems[i])
			return -error;
	}
	return 0;
}

static int reader_failed(const struct loading *loading)
{
	int error = system_error(libarchive->archive_errno(loading->reader));

	return error ? error : -EBADMSG;
}

static int open_reader(struct loading *loading)
{
	struct archive *reader = loading->reader;

	libarchive->archive_read_support_filter_all(reader);
	libarchive->archive_read_support_format_tar(reader);
	/* Names are bytes, whatever the locale is: none is converted, and so none is lost. */
	libarchive->archive_read_set_format_option(reader, "tar", "hdrcharset", "BINARY");
	if (libarchive->archive_read_open(reader, loading, NULL, read_block, NULL) == ARCHIVE_OK)
		return 0;
	return reader_failed(loading);
}

/* Refuses the archive for what is wrong with it. */
static int refuse(struct loading *loading, const char *subject, const char *why)
{
	libarchive->archive_set_error(loading->reader, EINVAL, "%s%s", subject, why);
	return -EBADMSG;
}

/* Refuses a member that the tree did not take, or returns the system's error. */
static int member_failed(struct loading *loading, struct archive_entry *entry, int error)
{
	static const struct {
		int error;
		const char *why;
	} reasons[] = {
		{-EEXIST, " is there twice"},
		{-ELOOP, " leads through a link"},
		{-ENOTDIR, " leads through a file"},
		{-ENAMETOOLONG, " is too long"},
		{-EXDEV, " climbs"},
		{-EINVAL, " is not a folder"},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++) {
		if (reasons[i].error == error)
			return refuse(loading, libarchive->archive_entry_pathname(entry),
				      reasons[i].why);
	}
	return error;
}

/* Why a member is refused, or NULL. One that was passed over would look absent to an audit. */
static const char *why_unwanted(struct archive_entry *entry)
{
	mode_t type = libarchive->archive_entry_filetype(entry);

	if (libarchive->archive_entry_hardlink(entry))
		return " is a hard link";
	if (type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK)
		return " is neither a folder, a file nor a symbolic link";
	return NULL;
}

/* Checks a member against the limits before anything of it is written. */
static int admit(struct loading *loading, struct archive_entry *entry)
{
	const struct archive_limits *limits = loading->limits;
	const char *name = libarchive->archive_entry_pathname(entry);

	if (!name)
		return refuse(loading, "a member", " has no name");
	if (*name == '/')
		return refuse(loading, name, " begins at the root");
	const char *why = why_unwanted(entry);
	if (why)
		return refuse(loading, name, why);
	if (++loading->members > limits->members || strlen(name) > LIMIT_ARCHIVE_PATH)
		return -EFBIG;
	if (libarchive->archive_entry_size(entry) > limits->bytes || is_too_large(loading))
		return -EFBIG;
	return 0;
}

/* Copies what a file holds; what is a hole stays one. */
static int copy_data(struct loading *loading, int64_t size)
{
	const void *block;
	size_t length = 0;
	la_int64_t offset = 0;

	for (;;) {
		int result = libarchive->archive_read_data_block(loading->reader, &block, &length,
								 &offset);
		if (result == ARCHIVE_EOF)
			return stored_tree_lengthen(loading->tree, (uint64_t)size);
		if (result != ARCHIVE_OK)
			return reader_failed(loading);
		/* The offset counts too: a sparse member holds more than its blocks. */
		if (offset > loading->limits->bytes || is_too_large(loading))
			return -EFBIG;
		result = stored_tree_write(loading->tree, block, length, (uint64_t)offset);
		if (result < 0)
			return result;
	}
}

static int load_file(struct loading *loading, struct archive_entry *entry)
{
	int result = stored_tree_add_file(loading->tree, libarchive->archive_entry_pathname(entry));

	return result < 0 ? member_failed(loading, entry, result)
			  : copy_data(loading, libarchive->archive_entry_size(entry));
}

static int load_link(struct loading *loading, struct archive_entry *entry)
{
	const char *target = libarchive->archive_entry_symlink(entry);

	if (!target || !*target)
		return refuse(loading, libarchive->archive_entry_pathname(entry),
			      " is a link to nothing");
	int result = stored_tree_add_link(loading->tree, libarchive->archive_entry_pathname(entry),
					  target);
	return result < 0 ? member_failed(loading, entry, result) : 0;
}

static int load_folder(struct loading *loading, struct archive_entry *entry)
{
	int result =
		stored_tree_add_folder(loading->tree, libarchive->archive_entry_pathname(entry));

	return result < 0 ? member_failed(loading, entry, result) : 0;
}

static int load_entry(struct loading *loading, struct archive_entry *entry)
{
	switch (libarchive->archive_entry_filetype(entry)) {
	case AE_IFDIR:
		return load_folder(loading, entry);
	case AE_IFLNK:
		return load_link(loading, entry);
	default:
		return load_file(loading, entry);
	}
}

static int load_member(struct loading *loading, struct archive_entry *entry)
{
	int result = admit(loading, entry);

	if (result == 0)
		result = load_entry(loading, entry);
	/* Folders that are not named count as if they were. */
	if (result == 0 && stored_tree_count(loading->tree) > loading->limits->members)
		result = -EFBIG;
	return result;
}

/*
 * A tar archive ends with blocks of zeros (POSIX, pax, "ustar Interchange Format"). libarchive does
 * not mind where they are missing, so one cut between two members would pass for whole. What
 * it read since the last content tells: less than a block is padding.
 */
static int expect_end(struct loading *loading)
{
	int64_t behind = libarchive->archive_filter_bytes(loading->reader, 0) - loading->position;

	if (!loading->members)
		return refuse(loading, "it", " has no members");
	return behind < TAR_BLOCK_SIZE ? refuse(loading, "it", " was cut off") : 0;
}

static int load_all(struct loading *loading)
{
	struct archive_entry *entry;

	for (;;) {
		int result = libarchive->archive_read_next_header(loading->reader, &entry);
		if (result == ARCHIVE_EOF)
			return expect_end(loading);
		/* A warning is of a member that is not as the archive has it. */
		if (result != ARCHIVE_OK)
			return reader_failed(loading);
		result = load_member(loading, entry);
		if (result < 0)
			return result;
		loading->position = libarchive->archive_filter_bytes(loading->reader, 0);
	}
}

static int load(struct loading *loading, char **ret_why)
{
	loading->reader = libarchive->archive_read_new();
	if (!loading->reader)
		return -ENOMEM;
	int result = open_reader(loading);
	if (result == 0)
		result = load_all(loading);
	if (result == 0)
		result = stored_tree_end(loading->tree);
	if (result == -EBADMSG && libarchive->archive_error_string(loading->reader))
		*ret_why = strdup(libarchive->archive_error_string(loading->reader));
	libarchive->archive_read_free(loading->reader);
	return result;
}

/* pax has names in UTF-8, which libarchive would convert to the character set of the user. */
static int load_names_as_they_are(struct loading *loading, char **ret_why)
{
	locale_t names = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = names ? uselocale(names) : (locale_t)0;
	int result = load(loading, ret_why);

	if (names) {
		uselocale(before);
		freelocale(names);
	}
	return result;
}

const char *archive_scratch_folder(void)
{
	const char *folder = secure_getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

/* Opens a file without a name, which is gone with its descriptor: on disk, or else in memory. */
static int open_nameless(void)
{
	int fd = open(archive_scratch_folder(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fd = memfd_create("archive", MFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int make_tree(struct stored_tree **ret)
{
	int content = open_nameless();

	return content < 0 ? content : stored_tree_new(content, ret);
}

static int load_from(int fd, const struct archive_limits *limits, struct stored_tree *tree,
		     char **ret_why)
{
	struct loading *loading = calloc(1, sizeof(*loading));

	if (!loading)
		return -ENOMEM;
	loading->fd = fd;
	loading->limits = limits;
	loading->tree = tree;
	int result = load_names_as_they_are(loading, ret_why);
	free(loading);
	return result;
}

int archive_load(const char *path, const struct archive_limits *limits, struct stored_tree **ret,
		 char **ret_why)
{
	struct stored_tree *tree = NULL;

	*ret_why = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int result = libraries_load();
	if (result == 0)
		result = make_tree(&tree);
	if (result == 0)
		result = load_from(fd, limits, tree, ret_why);
	close(fd);
	if (result < 0)
		stored_tree_free(tree);
	else
		*ret = tree;
	return result;
}

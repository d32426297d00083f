/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/access/array.h"
#include "host/access/leftover.h"

/* A block is small, since what it unpacks to is counted only once the next one is asked for. */
enum { BLOCK_SIZE = 16 * 1024, TAR_BLOCK_SIZE = 512 };

const struct archive_limits archive_limits = {
	.members = 2 * 1024 * 1024,
	.bytes = (int64_t)1024 * 1024 * 1024,
};

/* A folder of the archive, by a path without dots. */
struct place {
	char path[LIMIT_ARCHIVE_PATH + 1];
	int fd; /* negative: none */
};

/* An archive on its way into its folder. */
struct unpacking {
	struct archive *reader;
	const struct archive_limits *limits;
	int fd;
	int top;             /* the folder that it is unpacked into */
	struct place parent; /* of the last member: the next one is mostly beside it */
	size_t members;
	int64_t position; /* in the tar stream, behind the last member's content */
	char block[BLOCK_SIZE];
};

/* What was read of the tar stream, headers and padding with it. */
static bool is_too_large(const struct unpacking *unpacking)
{
	return archive_filter_bytes(unpacking->reader, 0) > unpacking->limits->bytes;
}

/* Reads for libarchive, until the archive ends or is too large. */
static la_ssize_t read_block(struct archive *reader, void *context, const void **ret_block)
{
	struct unpacking *unpacking = context;

	if (is_too_large(unpacking)) {
		archive_set_error(reader, EFBIG, "it is too large");
		return -1;
	}
	ssize_t length = read(unpacking->fd, unpacking->block, sizeof(unpacking->block));
	if (length < 0)
		archive_set_error(reader, errno, "%s", strerror(errno));
	*ret_block = unpacking->block;
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

static int reader_failed(const struct unpacking *unpacking)
{
	int error = system_error(archive_errno(unpacking->reader));

	return error ? error : -EBADMSG;
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
	return reader_failed(unpacking);
}

/* Refuses the archive for what is wrong with it. */
static int refuse(struct unpacking *unpacking, const char *subject, const char *why)
{
	archive_set_error(unpacking->reader, EINVAL, "%s%s", subject, why);
	return -EBADMSG;
}

/* Returns what a system call met at a member, in errno. */
static int member_failed(struct unpacking *unpacking, const char *name)
{
	int error = system_error(errno);

	if (error)
		return error;
	if (errno == EEXIST)
		return refuse(unpacking, name, " is there twice");
	if (errno == ELOOP)
		return refuse(unpacking, name, " leads through a link");
	if (errno == ENOTDIR)
		return refuse(unpacking, name, " leads through a file");
	if (errno == ENAMETOOLONG)
		return refuse(unpacking, name, " is too long");
	return refuse(unpacking, name, " cannot be unpacked");
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
	if (archive_entry_size(entry) > limits->bytes || is_too_large(unpacking))
		return -EFBIG;
	return 0;
}

/*
 * Writes the name of a member without empty words and dots, "" for the top. Returns NULL, or why
 * the name is refused.
 */
static const char *tidy(const char *name, char ret[static LIMIT_ARCHIVE_PATH + 1])
{
	size_t length = 0;

	if (*name == '/')
		return " begins at the root";
	while (*name) {
		size_t word = strcspn(name, "/");
		if (word == 2 && memcmp(name, "..", word) == 0)
			return " climbs";
		if (word && !(word == 1 && *name == '.')) {
			if (length)
				ret[length++] = '/';
			memcpy(ret + length, name, word);
			length += word;
		}
		name += word + (name[word] == '/');
	}
	ret[length] = '\0';
	return NULL;
}

static void leave(struct place *place)
{
	if (place->fd >= 0)
		close(place->fd);
	place->fd = -1;
}

/* Opens a folder of the archive, through none of its links. */
static int open_below(int top, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, top, *path ? path : ".", &how, sizeof(how));
}

/* Enters a folder of folder, which is left, and makes it where it is missing. -1 with errno. */
static int descend(struct unpacking *unpacking, int folder, const char *name)
{
	if (mkdirat(folder, name, 0700) == 0) {
		/* It counts as if it had been named. */
		if (++unpacking->members > unpacking->limits->members) {
			errno = EFBIG;
			return -1;
		}
	} else if (errno != EEXIST) {
		return -1;
	}
	return openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Makes the folders of path, which an archive need not name. Returns the last, or -1 with errno. */
static int make_folders(struct unpacking *unpacking, char *path)
{
	int folder = open_below(unpacking->top, "");

	while (folder >= 0 && *path) {
		char *slash = strchrnul(path, '/'), end = *slash;
		*slash = '\0';
		int inner = descend(unpacking, folder, path);
		int error = errno;
		close(folder);
		errno = error;
		*slash = end;
		path = slash + (end != '\0');
		folder = inner;
	}
	return folder;
}

/* Enters the folder that is to hold a member. Returns 0, or -1 with errno. */
static int enter(struct unpacking *unpacking, const char *path, size_t length)
{
	struct place *parent = &unpacking->parent;

	if (parent->fd >= 0 && strlen(parent->path) == length &&
	    memcmp(parent->path, path, length) == 0)
		return 0;
	leave(parent);
	memcpy(parent->path, path, length);
	parent->path[length] = '\0';
	parent->fd = open_below(unpacking->top, parent->path);
	if (parent->fd < 0 && errno == ENOENT)
		parent->fd = make_folders(unpacking, parent->path);
	return parent->fd < 0 ? -1 : 0;
}

static int write_block(int fd, const char *block, size_t size, off_t offset)
{
	for (size_t written = 0; written < size;) {
		ssize_t length =
			pwrite(fd, block + written, size - written, offset + (off_t)written);
		if (length < 0 && errno != EINTR)
			return -1;
		if (length > 0)
			written += (size_t)length;
	}
	return 0;
}

/* Copies what a file holds; what is a hole stays one. */
static int copy_data(struct unpacking *unpacking, const char *name, int64_t size, int fd)
{
	const void *block;
	size_t length = 0;
	la_int64_t offset = 0, end = 0;

	for (;;) {
		int result = archive_read_data_block(unpacking->reader, &block, &length, &offset);
		if (result == ARCHIVE_EOF)
			break;
		if (result != ARCHIVE_OK)
			return reader_failed(unpacking);
		/* The offset counts too: a sparse member holds more than its blocks. */
		if (offset > unpacking->limits->bytes || is_too_large(unpacking))
			return -EFBIG;
		if (write_block(fd, block, length, offset))
			return member_failed(unpacking, name);
		end = offset + (la_int64_t)length;
	}
	return end < size && ftruncate(fd, size) ? member_failed(unpacking, name) : 0;
}

static int unpack_file(struct unpacking *unpacking, struct archive_entry *entry, const char *name)
{
	int fd = openat(unpacking->parent.fd, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return member_failed(unpacking, archive_entry_pathname(entry));
	int result =
		copy_data(unpacking, archive_entry_pathname(entry), archive_entry_size(entry), fd);
	if (close(fd) && result == 0)
		result = member_failed(unpacking, archive_entry_pathname(entry));
	return result;
}

static int unpack_link(struct unpacking *unpacking, struct archive_entry *entry, const char *name)
{
	const char *target = archive_entry_symlink(entry);

	if (!target || !*target)
		return refuse(unpacking, archive_entry_pathname(entry), " is a link to nothing");
	if (symlinkat(target, unpacking->parent.fd, name))
		return member_failed(unpacking, archive_entry_pathname(entry));
	return 0;
}

/* A folder may be named again, and after what is in it. */
static int unpack_folder(struct unpacking *unpacking, struct archive_entry *entry, const char *name)
{
	struct stat status;

	if (!*name || mkdirat(unpacking->parent.fd, name, 0700) == 0)
		return 0;
	if (errno == EEXIST &&
	    fstatat(unpacking->parent.fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(status.st_mode))
		return 0;
	errno = EEXIST;
	return member_failed(unpacking, archive_entry_pathname(entry));
}

static int unpack_member(struct unpacking *unpacking, struct archive_entry *entry)
{
	char path[LIMIT_ARCHIVE_PATH + 1];
	int result = admit(unpacking, entry);

	if (result < 0)
		return result;
	const char *why = tidy(archive_entry_pathname(entry), path);
	if (why)
		return refuse(unpacking, archive_entry_pathname(entry), why);
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	if (enter(unpacking, path, slash ? (size_t)(slash - path) : 0))
		return member_failed(unpacking, archive_entry_pathname(entry));
	/* What is kept is open to its reader, whatever rights it had on its host. */
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return unpack_folder(unpacking, entry, name);
	if (!*name)
		return refuse(unpacking, archive_entry_pathname(entry), " is not a folder");
	if (archive_entry_filetype(entry) == AE_IFLNK)
		return unpack_link(unpacking, entry, name);
	return unpack_file(unpacking, entry, name);
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
			return reader_failed(unpacking);
		result = unpack_member(unpacking, entry);
		if (result < 0)
			return result;
		unpacking->position = archive_filter_bytes(unpacking->reader, 0);
	}
}

static int unpack(struct unpacking *unpacking, char **ret_why)
{
	unpacking->reader = archive_read_new();
	if (!unpacking->reader)
		return -ENOMEM;
	int result = open_reader(unpacking);
	if (result == 0)
		result = unpack_all(unpacking);
	if (result == -EBADMSG && archive_error_string(unpacking->reader))
		*ret_why = strdup(archive_error_string(unpacking->reader));
	archive_read_free(unpacking->reader);
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

static int unpack_into(const char *directory, int fd, const struct archive_limits *limits,
		       char **ret_why)
{
	struct unpacking *unpacking = calloc(1, sizeof(*unpacking));

	if (!unpacking)
		return -ENOMEM;
	unpacking->fd = fd;
	unpacking->limits = limits;
	unpacking->parent.fd = -1;
	unpacking->top = open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int result = unpacking->top < 0 ? -errno : unpack_names_as_they_are(unpacking, ret_why);
	leave(&unpacking->parent);
	if (unpacking->top >= 0)
		close(unpacking->top);
	free(unpacking);
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
	int result = leftover_make_folder(directory);
	if (result < 0)
		free(directory);
	else
		*ret = directory;
	return result;
}

int archive_unpack(const char *path, const struct archive_limits *limits,
		   struct archive_folder *ret, char **ret_why)
{
	struct archive_folder folder = {0};

	*ret_why = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int result = make_private_directory(&folder.path);
	if (result == 0)
		result = unpack_into(folder.path, fd, limits, ret_why);
	close(fd);
	if (result < 0)
		archive_remove(&folder);
	else
		*ret = folder;
	return result;
}

void archive_remove(struct archive_folder *folder)
{
	if (!folder->path)
		return;
	leftover_remove(folder->path);
	leftover_forget(folder->path);
	free(folder->path);
	folder->path = NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_ARCHIVE_H
#define PASSCHECK_CLI_INPUT_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

/* Limits on what is read; more is refused with EFBIG. */
struct archive_limits {
	size_t members; /* and folders that they need and that are not named */
	int64_t bytes;  /* of the whole tar stream, and of each file with the holes in it */
};

extern const struct archive_limits archive_limits;

/* Bytes of a member's name; a system call must take it behind that of a folder. */
enum { LIMIT_ARCHIVE_PATH = 1024 };

struct stored_tree;

/*
 * Reads the tar archive at path, of any compression. It is not unpacked: what its files hold goes
 * into one file without a name below TMPDIR, or in memory where that has none, and ends with the
 * program. What holds anything but folders, regular files and symbolic links is refused, as are
 * names that are absolute or climb, paths through links of the archive, and two members of one
 * name, unless both are folders. Returns 0 and the tree, which the caller gives to
 * stored_tree_free(); -EBADMSG where it is no archive, or a damaged or hostile one, with *ret_why
 * what is wrong (to be freed with free(), may be NULL); -EFBIG; or another negative errno.
 */
int archive_load(const char *path, const struct archive_limits *limits, struct stored_tree **ret,
		 char **ret_why);

/* Returns the folder for temporary files: TMPDIR, or /tmp. */
const char *archive_scratch_folder(void);

#endif

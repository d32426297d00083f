/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_ARCHIVE_H
#define PASSCHECK_CLI_INPUT_ARCHIVE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

/* Limits on what is unpacked; more is refused with EFBIG. */
struct archive_limits {
	size_t members;
	int64_t bytes; /* of all files, and of each with the holes in it */
};

extern const struct archive_limits archive_limits;

/* Bytes of a member's name; behind that of the folder, a system call must take it. */
enum { LIMIT_ARCHIVE_PATH = 1024 };

/*
 * A private directory that an archive was unpacked into. SIGINT, SIGTERM and SIGHUP wait until it
 * is removed.
 */
struct archive_folder {
	char *path;      /* NULL: there is none */
	sigset_t before; /* the signals that were blocked */
};

/*
 * Unpacks the tar archive at path, of any compression, into a directory below TMPDIR that only this
 * user may enter. What holds anything but folders, regular files and symbolic links is refused, as
 * are names that are absolute or climb, and paths through links of the archive. Returns 0 and the
 * directory, which the caller gives to archive_remove(); -EBADMSG where it is no archive, or a
 * damaged or hostile one, with *ret_why what is wrong (to be freed with free(), may be NULL);
 * -EFBIG; -EINTR where a signal waits; or another negative errno.
 */
int archive_unpack(const char *path, const struct archive_limits *limits,
		   struct archive_folder *ret, char **ret_why);

/* Returns the folder for temporary files: TMPDIR, or /tmp. */
const char *archive_scratch_folder(void);

/* Removes the directory, if there is one, with everything in it; signals that wait arrive now. */
void archive_remove(struct archive_folder *folder);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_ARCHIVE_H
#define PASSCHECK_CLI_INPUT_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

/* Limits on what is unpacked; more is refused with EFBIG. */
struct archive_limits {
	size_t members; /* and folders that they need and that are not named */
	int64_t bytes;  /* of the whole tar stream, and of each file with the holes in it */
};

extern const struct archive_limits archive_limits;

/* Bytes of a member's name; behind that of the folder, a system call must take it. */
enum { LIMIT_ARCHIVE_PATH = 1024 };

/* A private directory that an archive was unpacked into. A signal removes it: leftover_watch(). */
struct archive_folder {
	char *path; /* NULL: there is none */
};

/*
 * Unpacks the tar archive at path, of any compression, into a directory below TMPDIR that only this
 * user may enter. What holds anything but folders, regular files and symbolic links is refused, as
 * are names that are absolute or climb, paths through links of the archive, and two members of one
 * name, unless both are folders. Returns 0 and the
 * directory, which the caller gives to archive_remove(); -EBADMSG where it is no archive, or a
 * damaged or hostile one, with *ret_why what is wrong (to be freed with free(), may be NULL);
 * -EFBIG; -ENOSYS where the kernel has no openat2(); or another negative errno.
 */
int archive_unpack(const char *path, const struct archive_limits *limits,
		   struct archive_folder *ret, char **ret_why);

/* Returns the folder for temporary files: TMPDIR, or /tmp. */
const char *archive_scratch_folder(void);

/* Removes the directory, if there is one, with everything in it. */
void archive_remove(struct archive_folder *folder);

#endif

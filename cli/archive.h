/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_ARCHIVE_H
#define PASSCHECK_CLI_ARCHIVE_H

#include <stdint.h>

/* Limits on what is unpacked; more is refused with EFBIG. */
enum {
	LIMIT_ARCHIVE_MEMBERS = 2 * 1024 * 1024,
	LIMIT_ARCHIVE_PATH = 4096,
};
#define LIMIT_ARCHIVE_BYTES ((int64_t)1024 * 1024 * 1024)

/*
 * Unpacks the tar archive at path, of any compression, into a private directory below TMPDIR that
 * archive_remove() removes. Only folders, regular files and symbolic links are taken; names that
 * are absolute or climb, and paths through links of the archive, are refused. Returns 0 and the
 * directory, which the caller frees with archive_remove(); -EBADMSG where it is no archive, or a
 * damaged or hostile one, with *ret_why what is wrong (to be freed with free(), may be NULL);
 * -EFBIG; or another negative errno.
 */
int archive_unpack(const char *path, char **ret_directory, char **ret_why);

/* Returns the folder for temporary files: TMPDIR, or /tmp. */
const char *archive_scratch_folder(void);

/* Removes the directory with everything in it, and frees its name. NULL is allowed. */
void archive_remove(char *directory);

#endif

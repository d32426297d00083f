/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_FILE_H
#define PASSCHECK_CLI_INPUT_FILE_H

#include <stddef.h>

/*
 * Read what fd gives, or the file at path on the machine that passcheck runs on, up to its end or
 * to limit bytes, whichever comes first. Return 0 and what the caller frees, or a negative errno.
 */
int file_read_fd(int fd, size_t limit, char **ret, size_t *ret_length);
int file_read(const char *path, size_t limit, char **ret, size_t *ret_length);

/* Reads a file of at most limit bytes; of a longer one nothing, and returns -EFBIG. */
int file_read_whole(const char *path, size_t limit, char **ret, size_t *ret_length);

#endif

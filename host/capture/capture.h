/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_CAPTURE_CAPTURE_H
#define PASSCHECK_HOST_CAPTURE_CAPTURE_H

#include "host/access/root.h"
#include "host/capture/capture_options.h"

/*
 * Reads through root what an audit reads, and writes it with its index to path: a tar archive where
 * path ends in ".tar", ".tar.gz", ".tgz", ".tar.zst" or ".tar.xz", a tar on standard output where
 * it is "-", a new folder otherwise. It gets its name when it is whole. Secrets and identity are
 * left out (host/capture/redact.h).
 *
 * Returns 0; -EEXIST where path is a folder that is not empty, or for a folder a file; -ENOMEM; or
 * another negative errno of the writing. What could not be read is in the index, and no error.
 */
int capture_write(struct root *root, const char *path, const struct capture_options *options);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_CAPTURE_REDACT_PATH_H
#define PASSCHECK_HOST_CAPTURE_REDACT_PATH_H

#include "host/base/arena.h"
#include "host/capture/capture_options.h"

/* Returns the path that a file of the host is stored at: another where boot loaders' files have the
 * machine id in their names, file systems a UUID, or logs the name of a guest. */
const char *redact_path(struct arena *arena, const char *path,
			const struct capture_options *options);

/* Puts zeros for each machine id in length bytes of text, 32 hex digits (machine-id(5)), every
 * stride-th byte: in an EFI variable it is UTF-16. */
void redact_machine_ids(char *text, size_t length, size_t stride);

#endif

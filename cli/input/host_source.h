/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_INPUT_HOST_SOURCE_H
#define PASSCHECK_CLI_INPUT_HOST_SOURCE_H

#include <stdbool.h>

#include "cli/input/source.h"
#include "host/host.h"

/* A host that was read from what --root takes. */
struct host_source {
	struct source source;
	struct host *host;
};

/*
 * Reads the host at path with no more capabilities than that takes, waking functions that sleep
 * where wake says so. Complains of errors; returns 0 or a negative errno.
 */
int host_source_open(const char *path, const struct host_options *wanted, bool wake,
		     struct host_source *ret);
void host_source_close(struct host_source *host_source);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_CAPTURE_CAPTURE_OPTIONS_H
#define PASSCHECK_HOST_CAPTURE_CAPTURE_OPTIONS_H

#include <stdbool.h>

#include "host/access/fact.h"
#include "host/usage/usage_routes.h"

struct capture_options {
	const char *tool_version;
	bool identity; /* take the host's name and serial numbers along */
	/* Whether a kernel parameter's value is wanted; the values of others are left out. */
	bool (*keeps_parameter)(const char *name);
	/* Whether a word without value that is no such parameter is wanted: one misspelt. */
	bool (*keeps_name)(const char *name);
	/* Returns what is kept of a log, in memory of arena. NULL: logs are not read. */
	struct fact_text (*keep_log)(struct arena *arena, const struct fact_text *log);
	/* By which a server's address becomes the interfaces that lead there: capture_write() reads
	 * them. */
	const struct usage_routes *routes;
};

#endif

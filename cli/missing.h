/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_MISSING_H
#define PASSCHECK_CLI_MISSING_H

#include "cli/exit_code.h"

struct host;
struct options;

/*
 * Complains of an operand that names no function of the host, with what it may have been meant for:
 * a verb or an option that stands in the wrong place or was mistyped, or one of the functions that
 * the host has. Returns EXIT_USAGE.
 */
enum exit_code missing_function(const struct options *options, const struct host *host,
				const char *word);

#endif

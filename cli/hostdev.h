/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_HOSTDEV_H
#define PASSCHECK_CLI_HOSTDEV_H

#include "cli/options/options.h"
#include "report/guest/configuration.h"

/* Returns whether a guest's configuration is asked for, instead of an audit. */
bool hostdev_is_wanted(const struct options *options);

/* Returns whether what is asked for goes together; complains where it does not. */
bool hostdev_options_fit(const struct options *options);

/*
 * Writes the guest's configuration of the audit's functions, in one document or in a file each, and
 * complains of those that are refused. Returns what to exit with.
 */
enum exit_code hostdev_write(const struct options *options, const struct audit *audit);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_HOSTDEV_H
#define PASSCHECK_CLI_HOSTDEV_H

#include "cli/options.h"

/* Returns whether libvirt XML of functions is asked for. */
bool hostdev_is_wanted(const struct options *options);

/* Returns whether what is asked for goes together; complains where it does not. */
bool hostdev_options_fit(const struct options *options);

/*
 * Writes the XML of the functions, in one document or in a file each, and complains of those that
 * are refused. Returns EXIT_READY or EXIT_FAILED.
 */
enum exit_code hostdev_write(const struct options *options, const struct report *report);

#endif

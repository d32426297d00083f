/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_OPTIONS_PARSE_H
#define PASSCHECK_CLI_OPTIONS_PARSE_H

#include "cli/options/options.h"

/*
 * Parses the command line into options, which refers to arguments and to memory of options->arena;
 * freed with options_free(). Returns true where the verb is to run. Otherwise help or a diagnostic
 * was printed, and *ret_code is what to exit with.
 */
bool options_parse(int count, char **arguments, struct options *options, enum exit_code *ret_code);
void options_free(struct options *options);

#endif

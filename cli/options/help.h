/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_OPTIONS_HELP_H
#define PASSCHECK_CLI_OPTIONS_HELP_H

/* Print what --help and --version show: verbs, options and formats as their tables have them. */
void help_print(void);

/* Prints what is to know of one verb: its options, formats, what its words mean, and examples. */
struct verb;
void help_print_verb(const struct verb *verb);

void version_print(void);

#endif

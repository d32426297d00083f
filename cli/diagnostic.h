/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_DIAGNOSTIC_H
#define PASSCHECK_CLI_DIAGNOSTIC_H

#include "cli/exit_code.h"

/*
 * Prints "passcheck: " and the formatted message as a line on standard error. What a terminal would
 * act on is escaped (report/write/words.h): names in archives and documents hold any byte.
 */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns the text of an error number. */
const char *error_text(int error);

/* Complains of a wrong call of a verb, and says where the right one is shown. Returns EXIT_USAGE.
 */
enum exit_code complain_of_usage(const char *verb, const char *message);

#endif

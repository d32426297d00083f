/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_TIMESTAMP_H
#define PASSCHECK_REPORT_WRITE_TIMESTAMP_H

#include <stdbool.h>
#include <time.h>

/* "2026-11-26T04:00:00Z": the form of RFC 3339 in which documents tell the time. */
enum { TIMESTAMP_SIZE = 32 };

/* Reads such a text. Returns false, with *ret untouched, where text is not one. */
bool timestamp_parse(const char *text, time_t *ret);

/* Writes time as such a text, of at most TIMESTAMP_SIZE bytes. */
void timestamp_format(time_t time, char ret[static TIMESTAMP_SIZE]);

#endif

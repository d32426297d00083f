/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_WRAP_H
#define PASSCHECK_REPORT_WRITE_WRAP_H

#include <stddef.h>
#include <stdio.h>

/*
 * Writes UTF-8 text as lines of at most width columns, broken at spaces but for those
 * within <angle brackets>, a longer word on a line of its own. The first line begins behind first
 * columns that the caller has written; the others are indented by indent. A width of 0 is no limit.
 * No newline follows the last.
 */
void wrap_text(FILE *out, const char *text, unsigned first, unsigned indent, unsigned width);

/* Returns the columns of length bytes of UTF-8, each character taken as one column wide. */
unsigned wrap_columns(const char *text, size_t length);

/* As wrap_text(), of a text whose first solid bytes are one word. */
void wrap_behind(FILE *out, const char *text, size_t solid, unsigned first, unsigned indent,
		 unsigned width);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_WORDS_H
#define PASSCHECK_REPORT_WRITE_WORDS_H

#include "host/base/arena.h"

/*
 * The text that host bytes become in a report. Nothing that a host says reaches a reader raw: file
 * contents, device names and command lines may hold any byte. Text of which nothing changes is
 * returned as it is, not as a copy.
 */

/* Returns text as valid UTF-8, each byte that is not part of it replaced by U+FFFD. */
const char *words_utf8(struct arena *arena, const char *text);

/*
 * Returns text for a terminal: valid UTF-8 in which control characters, also those of C1, and
 * characters that reorder text (bidirectional controls) stand as escapes such as \x1b.
 */
const char *words_printable(struct arena *arena, const char *text);

#endif

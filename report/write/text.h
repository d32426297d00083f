/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_TEXT_H
#define PASSCHECK_REPORT_WRITE_TEXT_H

#include "host/base/arena.h"
#include "report/format.h"

/* Text on its way out. */
struct text {
	const struct render_options *options;
	struct arena *arena; /* the document's, for text that is made while rendering */
	FILE *out;
};

enum text_color {
	TEXT_PLAIN,
	TEXT_BOLD,
	TEXT_DIM,
	TEXT_RED,
	TEXT_GREEN,
	TEXT_YELLOW,
	TEXT_MAGENTA,
	TEXT_COLOR_COUNT,
};

/*
 * Writes a paragraph: indented by columns, and broken between words where out is a terminal. What a
 * terminal could not show safely stands as escapes, and what its locale lacks as "?".
 */
void text_paragraph(struct text *text, unsigned indent, enum text_color color, const char *format,
		    ...) __attribute__((format(printf, 4, 5)));

/* Writes the rest of a paragraph whose first indent columns the caller has written. */
void text_continue(struct text *text, unsigned indent, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Returns message as a terminal may be shown it: every cell of a table goes through this. */
const char *text_showable(struct text *text, const char *message);

/* Writes where something was read, which is never broken, and what was unless that is NULL. */
void text_evidence(struct text *text, unsigned indent, const char *source, const char *value);

/* Writes a remedy behind an arrow. */
void text_remedy(struct text *text, unsigned indent, const char *remedy);

/* Writes a line that is never broken: a command to be copied. */
void text_command(struct text *text, unsigned indent, const char *command);

/* Writes a section's heading, an empty line before it. */
void text_heading(struct text *text, const char *heading);

/* Returns the escape sequence of a color, "" where colors are off. */
const char *text_color(const struct text *text, enum text_color color);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_TEXT_H
#define PASSCHECK_REPORT_WRITE_TEXT_H

#include "report/renderer.h"

/* A text report on its way out. */
struct text {
	const struct report *report;
	const struct render_options *options;
	struct arena *arena; /* the report's, for text that is made while rendering */
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

/* Writes a remedy behind an arrow. */
void text_remedy(struct text *text, unsigned indent, const char *remedy);

/* Writes a line that is never broken: a command to be copied. */
void text_command(struct text *text, unsigned indent, const char *command);

/* Writes a section's heading, an empty line before it. */
void text_heading(struct text *text, const char *heading);

/* The words that a report begins with, and their colour. */
struct text_headline {
	const char *words;
	enum text_color color;
};

/* Returns the headline of a verdict on a host. */
struct text_headline text_headline(enum host_verdict verdict);

/* Returns the escape sequence of a color, "" where colors are off. */
const char *text_color(const struct text *text, enum text_color color);

/* The parts of the report, each in a file of its own, report/text_NAME.c. */
void text_findings(struct text *text);

/* Writes what was required and whether it is met; nothing where nothing was. */
void text_requirements(struct text *text);

/* Writes the IOMMUs and the memory that firmware reserves, each with its functions. */
void text_iommu(struct text *text);

/* Writes a line for each function. Returns 0 or -ENOMEM. */
int text_functions(struct text *text);

/* Writes how many VFs a PF can give, and what limits them; nothing for what is no PF. */
void text_sriov(struct text *text, const struct pci_function *function);

/* Writes the way from the root bus down to a function, its group, and its verdict with reasons. */
void text_isolation(struct text *text, const struct pci_function *function);

/* Writes what is known of one function that was asked for. */
void text_function(struct text *text, const struct pci_function *function);

#endif

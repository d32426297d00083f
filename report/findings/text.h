/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_TEXT_H
#define PASSCHECK_REPORT_FINDINGS_TEXT_H

#include "report/findings/judged.h"
#include "report/write/text.h"

/* The words that a report begins with, and their colour. */
struct text_headline {
	const char *words;
	enum text_color color;
};

/* Returns the headline of a verdict on a host. */
struct text_headline text_headline(enum host_verdict verdict);

/* Writes findings, each with its evidence and remedy, those that say the same once. */
void text_findings(struct text *text, const struct judged_findings *judged);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_TERM_H
#define PASSCHECK_REPORT_FINDINGS_TERM_H

#include <stddef.h>

enum { REASON_MOST_FINDINGS = 6 };

/* What a word of reports means. */
struct reason {
	const char *meaning;
	const char *findings[REASON_MOST_FINDINGS + 1]; /* that say more; NULL behind the last */
};

/* A word that reports use, and by which they do not say why: kinds of ports, bits of ACS, answers
 * to what is required. */
struct term {
	const char *word; /* in lower case; any other will do */
	struct reason reason;
};

extern const struct term report_terms[];
extern const size_t report_term_count;

#endif

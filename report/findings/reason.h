/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_REASON_H
#define PASSCHECK_REPORT_FINDINGS_REASON_H

#include <stddef.h>

enum { REASON_MOST_FINDINGS = 6 };

/* A word by which reports say why: the kind of a blocker or caution, the limit of a number of VFs,
 * the verdict of a function. */
struct reason {
	const char *meaning;
	const char *findings[REASON_MOST_FINDINGS + 1]; /* that say more; NULL behind the last */
};

/* Returns what the word means, or NULL where it is none of these. */
const struct reason *reason_find(const char *word);

/* Calls visit() with each of the words. */
void reason_visit(void (*visit)(const char *word, void *context), void *context);

#endif

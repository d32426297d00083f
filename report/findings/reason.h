/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_REASON_H
#define PASSCHECK_REPORT_FINDINGS_REASON_H

#include "report/findings/term.h"

/*
 * Words of reports: those by which they say why (the kind of a blocker or caution, the limit of a
 * number of VFs), the verdict of a function, and other terms (report/findings/term.h).
 */

/* Returns what the word means, or NULL where it is none of these. */
const struct reason *reason_find(const char *word);

/* Calls visit() with each of the words. */
void reason_visit(void (*visit)(const char *word, void *context), void *context);

#endif

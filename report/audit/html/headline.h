/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_HTML_HEADLINE_H
#define PASSCHECK_REPORT_AUDIT_HTML_HEADLINE_H

#include "report/audit/html/parts.h"

/* The verdict in words and the counts. */
void page_headline(struct page *page);

/* What was required. */
void page_requirements(struct page *page);

#endif

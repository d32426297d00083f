/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_HTML_FINDINGS_H
#define PASSCHECK_REPORT_AUDIT_HTML_FINDINGS_H

#include "report/audit/html/parts.h"

/* Writes what decides, what else was found, and what passed. Fills in page->told. Returns 0 or
 * -ENOMEM. */
int page_findings(struct page *page);

#endif

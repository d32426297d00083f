/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_HTML_FUNCTIONS_H
#define PASSCHECK_REPORT_AUDIT_HTML_FUNCTIONS_H

#include "report/audit/html/parts.h"

/* A section for each function. */
void page_functions(struct page *page);

#endif

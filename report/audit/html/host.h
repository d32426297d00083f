/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_HTML_HOST_H
#define PASSCHECK_REPORT_AUDIT_HTML_HOST_H

#include "report/audit/html/parts.h"

/* What the host is, and how it was read. */
void page_host(struct page *page);
void page_reading(struct page *page);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_HTML_TOPOLOGY_H
#define PASSCHECK_REPORT_AUDIT_HTML_TOPOLOGY_H

#include "report/audit/html/parts.h"

/* The topology as a picture, and the same as text. */
void page_topology(struct page *page);

#endif

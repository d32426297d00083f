/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_TEXT_NEXT_H
#define PASSCHECK_REPORT_AUDIT_TEXT_NEXT_H

#include "report/audit/text/table.h"

/* Writes what to ask passcheck for next, of a host whose functions are in the table: a plan, or
 * what is in the way of one. */
void text_next(const struct function_table *table);

#endif

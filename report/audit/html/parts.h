/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_HTML_PARTS_H
#define PASSCHECK_REPORT_AUDIT_HTML_PARTS_H

#include "report/audit/audit.h"
#include "report/audit/html/layout.h"
#include "report/findings/fold.h"
#include "report/names.h"
#include "report/write/html.h"

/* A finding that is told of a function: the fold that tells it. */
struct told_of {
	size_t function; /* index in host->pci */
	size_t number;   /* of the fold: its element is "finding-NUMBER" */
	const struct finding *finding;
};

/* A page on its way out, and what its parts share. */
struct page {
	struct html html;
	const struct audit *audit;
	struct names *names;
	struct layout layout;
	struct told_of *told; /* by function: what is wrong or unknown */
	size_t told_count;
};

/* How a verdict is marked, beside its word: never by colour alone. */
const char *page_glyph(enum assignable_verdict verdict);

/* Writes "assignable", "blocked" and the like, and "of the host" of what stays with it. */
void page_verdict(struct page *page, enum assignable_verdict verdict);

/* Returns what a function is called: its name, or its ids, in memory of the page's arena. */
const char *page_name(struct page *page, const struct pci_function *function);

/* Writes a command or document to copy. */
void page_copy(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

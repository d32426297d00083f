/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_PLAN_PLAN_DOCUMENT_H
#define PASSCHECK_REPORT_PLAN_PLAN_DOCUMENT_H

#include "plan/plan.h"
#include "report/audit/audit.h"
#include "report/format.h"
#include "report/plan/help.h"
#include "report/selection.h"
#include "report/verdict.h"

/* What a plan is to lead to. What it points to must outlive the document. */
struct plan_input {
	const char *const *selectors; /* of the functions; count 0: the host as such */
	size_t selector_count;
	unsigned vfs;      /* how many VFs to make; 0: none */
	enum plan_how how; /* which way to go */
	const char *stack; /* who is to run the guest; NULL: who does on this host */
	bool undo;         /* back instead */
};

/* The steps that would give functions to a guest. */
struct plan_document {
	struct arena *arena;
	struct audit
		*audit; /* of the host, where the plan is for that; else NULL, and the next two */
	struct model model;
	struct selection selection;
	unsigned vfs; /* that are asked for of each; 0: none */
	struct plan plan;
	/* Of a plan for functions: an audit of them, with what it finds to help where they are
	 * obstructed, in its memory. */
	struct audit *page;
	struct plan_help *help;
	enum host_verdict verdict; /* ready where the steps reach the goal */
};

/*
 * Plans on host. A plan for the host leads to a ready one: what keeps the checks from that and no
 * step puts right stands in its way. A plan for functions goes by the model alone.
 * The document refers to host, and is freed with plan_document_free(). Returns 0; -ENOENT where a
 * selector names no function, with *ret_culprit that one; or -ENOMEM.
 */
int plan_document_build(const struct host *host, const struct plan_input *input,
			struct plan_document **ret, const char **ret_culprit);
void plan_document_free(struct plan_document *document);

/* The formats of a struct plan_document. */
extern const struct format_table plan_formats;

#endif

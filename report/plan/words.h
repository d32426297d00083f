/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_PLAN_WORDS_H
#define PASSCHECK_REPORT_PLAN_WORDS_H

#include "report/plan/plan_document.h"

/* What a plan says to a person, in text and on a page. Text that is made is in memory of the
 * document's arena. */

/* Returns whether the steps suffice, or that none are left. */
const char *plan_headline(const struct plan_document *document);

/* Returns who runs the steps, as a sentence; NULL where the headline says enough. */
const char *plan_who_runs(const struct plan *plan);

/* Returns "Now" and the like, what stands above the steps of a stage. */
const char *plan_stage_heading(const struct plan *plan, enum plan_stage stage);

/* Returns which functions the plan is for, as a sentence, where one word named several that need
 * not go together; NULL otherwise. */
const char *plan_whom_for(const struct plan_document *document);

/* Returns which steps come before another plan is asked for, as a sentence; NULL where all of them
 * hold. */
const char *plan_how_far(const struct plan_document *document);

/* Returns, of a plan for VFs, how they then go to guests, as a sentence; NULL of another. */
const char *plan_after_vfs(const struct plan_document *document);

/* Returns that the host's verdict is open although the steps for functions are not, as a sentence;
 * NULL where it is settled. */
const char *plan_of_host(const struct plan_document *document);

/* Returns which words of passthrough somebody wrote where this host's boot loader does not look, as
 * a sentence, without those that a step brings to their place; NULL where there are none. */
const char *plan_in_vain(const struct plan_document *document);

/* Returns how libvirt would spare steps of this plan, or NULL where it would not. */
const char *plan_shorter_way(const struct plan_document *document);

/* A caution of a plan, and of which other functions it is true in the same words. */
struct plan_told_remark {
	const struct plan_remark *remark;
	const char *others; /* " (also 0000:01:00.1)", "" */
};

/* Returns the cautions of the plan, each once, in the order of the plan, where one function ends it
 * those of that alone; *ret_count: how many. NULL where memory is short, or there is none. */
const struct plan_told_remark *plan_told_remarks(const struct plan_document *document,
						 size_t *ret_count);

/* Returns the commands of the way back, NULL where there is none: those for what a plan does not
 * read, such as the guest's configuration, and the one that plans the host's. */
struct text_line *plan_way_back(const struct plan_document *document);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_FINDINGS_FOLD_H
#define PASSCHECK_REPORT_FINDINGS_FOLD_H

#include "report/findings/judged.h"

/*
 * Findings that say the same of several subjects and have the same remedy: the first one speaks for
 * all, and is of what people look for most (model/class_word.h): of a graphics card before the USB
 * controller of the chipset. Their reasons are the same too, or short enough to stand behind each
 * subject: see fold_reason(). With them, what follows from them.
 */
struct fold {
	const struct finding **findings; /* the one that a person looks for, then in the order of
					    the report */
	size_t count;
	enum lack lack; /* the findings differ, and this is what would settle all of them */
	struct fold *effects;
	size_t effect_count;
	enum finding_verdict worst; /* of its findings and effects */
};

/* What a report shows, once. */
struct folds {
	/* Of the host, its units and groups; then of functions; worst first. Behind them are
	 * warnings of the host that keep no function from guests. */
	struct fold *items;
	size_t count;
	size_t host_count;     /* how many of them stand before those of functions */
	size_t function_count; /* how many are of functions */
};

/* What stands above the findings on functions, and above those behind them. */
#define FUNCTIONS_HEADING "Functions that need attention (FAIL and WARN are theirs, not the host's)"
#define ASIDE_HEADING     "The host, beside that"

/* Returns what the finding with that index is told of where the first speaks for it: its subject,
 * or what of that it is about; NULL where it is of the host. */
const char *fold_name(const struct fold *fold, size_t index);

/* Returns the reason of the finding with that index, where it is not the one that the first finding
 * tells; NULL where it is. */
const char *fold_reason(const struct fold *fold, size_t index);

/*
 * Folds those of the findings that shows() picks. Memory comes from arena. Returns 0 or -ENOMEM.
 */
int findings_fold(const struct judged_findings *judged,
		  bool (*shows)(const void *context, const struct finding *finding),
		  const void *context, struct arena *arena, struct folds *ret);

#endif

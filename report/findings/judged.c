/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/judged.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/support/check.h"

static bool is_advisory(const struct finding *finding)
{
	const struct check *check = check_find(finding->check);

	return check && check->advisory;
}

/*
 * What a finding by itself makes of the host: ready where it has no say. A finding on a function
 * says what that function can do; whether the host as such can pass devices through is decided by
 * the findings on the host, its units and its groups.
 */
static enum host_verdict verdict_by(const struct judging *judging, const struct finding *finding)
{
	const struct fail_on *fail_on = &judging->fail_on;

	if (!judging->functions_decide && !finding_concerns_host(finding))
		return HOST_READY;
	if (finding->verdict == FINDING_FAIL ||
	    (fail_on->warn && finding->verdict == FINDING_WARN) ||
	    (fail_on->unknown && finding->verdict == FINDING_UNKNOWN))
		return HOST_NOT_READY;
	if (finding->verdict == FINDING_UNKNOWN && !is_advisory(finding))
		return HOST_UNDETERMINED;
	return HOST_READY;
}

bool judged_decides(const struct judged_findings *judged, const struct finding *finding)
{
	return judged->verdict != HOST_READY &&
	       verdict_by(&judged->judging, finding) == judged->verdict;
}

bool judged_fails(const struct judged_findings *judged, const struct finding *finding)
{
	bool asked = judged->filtered || judged->judging.functions_decide ||
		     finding->subject.type != SUBJECT_FUNCTION;

	return finding->verdict == FINDING_FAIL && asked;
}

static enum host_verdict judge(const struct findings *findings, const struct judging *judging)
{
	bool unknown = false, evidence = judging->ready_by_default;

	for (const struct finding *finding = findings->first; finding; finding = finding->next) {
		enum host_verdict verdict = verdict_by(judging, finding);
		if (verdict == HOST_NOT_READY)
			return HOST_NOT_READY;
		unknown |= verdict == HOST_UNDETERMINED;
		evidence |= finding->verdict == FINDING_PASS &&
			    finding->subject.type != SUBJECT_FUNCTION;
	}
	return unknown || !evidence ? HOST_UNDETERMINED : HOST_READY;
}

struct ranked {
	const struct finding *finding;
	bool effect;
	size_t order;
};

/*
 * Worst first, and what concerns the host before what concerns a function, which often follows from
 * it; causes before effects; the order of the checks, and of their findings, decides among equals.
 */
static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->finding->verdict != b->finding->verdict)
		return a->finding->verdict < b->finding->verdict ? 1 : -1;
	bool a_function = a->finding->subject.type == SUBJECT_FUNCTION;
	bool b_function = b->finding->subject.type == SUBJECT_FUNCTION;
	if (a_function != b_function)
		return a_function ? 1 : -1;
	if (a->effect != b->effect)
		return a->effect ? 1 : -1;
	return a->order < b->order ? -1 : 1;
}

static bool is_shown(const struct judging *judging, const struct finding_filter *filter,
		     const struct finding *finding)
{
	return !filter->shows || verdict_by(judging, finding) != HOST_READY ||
	       filter->shows(filter->context, finding);
}

/* Returns how many findings are shown. */
static size_t rank(const struct findings *findings, const struct judging *judging,
		   const struct finding_filter *filter, struct ranked *ranked)
{
	const struct check *check = NULL;
	size_t count = 0;

	for (const struct finding *finding = findings->first; finding; finding = finding->next) {
		if (!is_shown(judging, filter, finding))
			continue;
		if (!check || check->id != finding->check) /* those of a check stand together */
			check = check_find(finding->check);
		ranked[count] = (struct ranked){finding, check && check->effect, count};
		count++;
	}
	qsort(ranked, count, sizeof(*ranked), compare_ranked);
	return count;
}

/* Where a finding stands among those shown. */
struct place {
	const struct finding *finding;
	size_t index;
};

static int compare_places(const void *left, const void *right)
{
	uintptr_t a = (uintptr_t)((const struct place *)left)->finding;
	uintptr_t b = (uintptr_t)((const struct place *)right)->finding;

	return (a > b) - (a < b);
}

/* Finds each one's cause among those shown by way of places. */
static void find_causes(struct judged_findings *judged, struct place *places)
{
	for (size_t i = 0; i < judged->count; i++)
		places[i] = (struct place){judged->items[i], i};
	qsort(places, judged->count, sizeof(*places), compare_places);
	for (size_t i = 0; i < judged->count; i++) {
		const struct place key = {.finding = judged->items[i]->cause}, *found = NULL;
		if (key.finding)
			found = bsearch(&key, places, judged->count, sizeof(key), compare_places);
		judged->causes[i] = found ? found->index : JUDGED_ALONE;
	}
}

int findings_judge(const struct findings *findings, const struct judging *judging,
		   const struct finding_filter *filter, struct arena *arena,
		   struct judged_findings *ret)
{
	struct ranked *ranked = arena_array(arena, findings->count + 1, sizeof(*ranked));
	struct judged_findings judged = {
		.judging = *judging,
		.filtered = filter->shows != NULL,
		.verdict = judge(findings, judging),
		.items = arena_array(arena, findings->count + 1, sizeof(*judged.items)),
	};

	struct place *places = arena_array(arena, findings->count + 1, sizeof(*places));

	judged.causes = arena_array(arena, findings->count + 1, sizeof(*judged.causes));
	if (!ranked || !places || !judged.items || !judged.causes)
		return -ENOMEM;
	judged.count = rank(findings, judging, filter, ranked);
	for (size_t i = 0; i < judged.count; i++) {
		judged.items[i] = ranked[i].finding;
		if (finding_concerns_host(ranked[i].finding))
			judged.host_counts.of[ranked[i].finding->verdict]++;
	}
	find_causes(&judged, places);
	*ret = judged;
	return 0;
}

bool finding_is_wrong(const struct finding *finding)
{
	return finding->verdict == FINDING_WARN || finding->verdict == FINDING_UNKNOWN ||
	       finding->verdict == FINDING_FAIL;
}

static int compare_counts(const void *a, const void *b)
{
	const struct kind_count *one = a, *other = b;
	int order = strcmp(one->kind->id, other->kind->id);

	return order ? order : (int)one->verdict - (int)other->verdict;
}

size_t judged_count_kinds(const struct judged_findings *judged, struct arena *arena,
			  struct kind_count **ret)
{
	struct kind_count *counts = arena_array(arena, judged->count + 1, sizeof(*counts));
	size_t count = 0, kept = 0;

	*ret = counts;
	for (size_t i = 0; counts && i < judged->count; i++) {
		const struct finding *finding = judged->items[i];

		if (finding_is_wrong(finding))
			counts[count++] = (struct kind_count){finding->kind, finding->verdict, 1};
	}
	if (count)
		qsort(counts, count, sizeof(*counts), compare_counts);
	for (size_t i = 0; i < count; i++) {
		if (kept && compare_counts(&counts[kept - 1], &counts[i]) == 0)
			counts[kept - 1].count++;
		else
			counts[kept++] = counts[i];
	}
	return kept;
}

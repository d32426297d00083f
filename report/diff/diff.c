/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/diff/diff.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/diff/machines.h"

/* How many functions of a group a change names. */
enum { LISTED = 16 };

/* A word of a report, and how good it is for readiness. */
struct rank {
	const char *word;
	int rank;
};

enum { UNTOLD, FAILS, WARNS, PASSES };

static const struct rank host_ranks[] = {
	{"not-ready", FAILS},
	{"undetermined", UNTOLD},
	{"ready", PASSES},
	{0},
};

static const struct rank assignable_ranks[] = {
	{"blocked", FAILS},
	{"undetermined", UNTOLD},
	{"assignable-with", WARNS},
	{"assignable", PASSES},
	{0},
};

static const struct rank finding_ranks[] = {
	{"fail", FAILS},  {"unknown", UNTOLD},        {"warn", WARNS},
	{"pass", PASSES}, {"not-applicable", PASSES}, {0},
};

/* Returns the rank of word, or -1 for a word of a newer passcheck. */
static int find_rank(const struct rank *ranks, const char *word)
{
	for (; ranks->word; ranks++) {
		if (strcmp(ranks->word, word) == 0)
			return ranks->rank;
	}
	return -1;
}

static enum change_effect compare_ranks(const struct rank *ranks, const char *before,
					const char *after)
{
	int was = find_rank(ranks, before), is = find_rank(ranks, after);

	if (was < 0 || is < 0 || was == is)
		return CHANGE_NONE;
	if (is == UNTOLD)
		return was > FAILS ? CHANGE_UNKNOWN : CHANGE_NONE;
	if (was == UNTOLD)
		return is > FAILS ? CHANGE_BETTER : CHANGE_WORSE;
	return is < was ? CHANGE_WORSE : CHANGE_BETTER;
}

static void add(struct diff *diff, struct change change)
{
	struct change *changes = arena_grow(diff->arena, diff->changes, diff->count,
					    &diff->capacity, sizeof(*changes));

	if (!changes)
		return;
	changes[diff->count++] = change;
	diff->changes = changes;
	if (change.effect > diff->effect)
		diff->effect = change.effect;
}

static const char *or_none(const char *text)
{
	return *text ? text : "none";
}

/* Notes that a text has changed, if it has. */
static void compare_text(struct diff *diff, enum change_effect effect, const char *kind,
			 const char *subject, const char *what, const char *before,
			 const char *after)
{
	if (strcmp(before, after) == 0)
		return;
	add(diff, (struct change){
			  .effect = effect,
			  .kind = kind,
			  .subject = subject,
			  .before = *before ? before : NULL,
			  .after = *after ? after : NULL,
			  .summary = arena_printf(diff->arena, "%s was %s and is now %s", what,
						  or_none(before), or_none(after)),
		  });
}

static void compare_ranked(struct diff *diff, const char *kind, const char *subject,
			   const char *what, const struct rank *ranks, const char *before,
			   const char *after)
{
	compare_text(diff, compare_ranks(ranks, before, after), kind, subject, what, before, after);
}

static void pair(struct snapshot_function *a, struct snapshot_function *b)
{
	a->other_one = b;
	b->other_one = a;
}

static int compare_identities(const void *a, const void *b)
{
	const struct snapshot_function *one = *(struct snapshot_function *const *)a;
	const struct snapshot_function *two = *(struct snapshot_function *const *)b;
	int order = strcmp(one->ids, two->ids);

	return order ? order : strcmp(one->place, two->place);
}

/* The functions without a partner whose place is told, sorted by what they are known by. */
struct strays {
	struct snapshot_function **functions;
	size_t count;
};

static struct strays find_strays(struct arena *arena, const struct snapshot *snapshot)
{
	struct strays strays = {.functions = arena_array(arena, snapshot->function_count + 1,
							 sizeof(*strays.functions))};

	for (size_t i = 0; strays.functions && i < snapshot->function_count; i++) {
		struct snapshot_function *function = &snapshot->functions[i];
		if (!function->other_one && *function->place)
			strays.functions[strays.count++] = function;
	}
	if (strays.count)
		qsort(strays.functions, strays.count, sizeof(*strays.functions),
		      compare_identities);
	return strays;
}

/* Returns whether no other of the strays is known by the same. */
static bool is_unique(const struct strays *strays, size_t index)
{
	struct snapshot_function **here = &strays->functions[index];

	return (index == 0 || compare_identities(here - 1, here) != 0) &&
	       (index + 1 == strays->count || compare_identities(here, here + 1) != 0);
}

static void pair_moved(struct diff *diff, const struct strays *were, const struct strays *are)
{
	for (size_t i = 0, k = 0; i < were->count && k < are->count;) {
		struct snapshot_function **was = &were->functions[i], **is = &are->functions[k];
		int order = compare_identities(was, is);

		if (order == 0 && is_unique(were, i) && is_unique(are, k)) {
			pair(*was, *is);
			compare_text(diff, CHANGE_NONE, "function-moved", (*is)->address,
				     "its address", (*was)->address, (*is)->address);
		}
		i += order <= 0;
		k += order >= 0;
	}
}

static void pair_functions(struct diff *diff, struct snapshot *old_one, struct snapshot *new_one)
{
	for (size_t i = 0; i < old_one->function_count; i++) {
		struct snapshot_function *was = &old_one->functions[i];
		struct snapshot_function *is = snapshot_find(new_one, was->address);

		/* Reports of an older passcheck tell fewer ids: "0x8086:0x10d3 :". */
		size_t length = strcspn(was->ids, " ");
		if (is && strncmp(was->ids, is->ids, length + 1) == 0)
			pair(was, is);
	}
	struct strays were = find_strays(diff->arena, old_one);
	struct strays are = find_strays(diff->arena, new_one);
	pair_moved(diff, &were, &are);
}

static const char *limit_text(struct diff *diff, int64_t limit)
{
	if (limit == VF_LIMIT_NONE)
		return "";
	if (limit == VF_LIMIT_UNKNOWN)
		return "unknown";
	return arena_printf(diff->arena, "%" PRId64, limit);
}

static enum change_effect compare_limits(int64_t was, int64_t is)
{
	if (is == VF_LIMIT_UNKNOWN)
		return was > 0 ? CHANGE_UNKNOWN : CHANGE_NONE;
	if (was == VF_LIMIT_UNKNOWN)
		return CHANGE_NONE;
	return is < was ? CHANGE_WORSE : CHANGE_BETTER;
}

static void compare_vf_limits(struct diff *diff, const struct snapshot_function *was,
			      const struct snapshot_function *is)
{
	if (was->vf_limit == is->vf_limit)
		return;
	compare_text(diff, compare_limits(was->vf_limit, is->vf_limit), "vf-limit-changed",
		     is->address, "the number of VFs that it can give",
		     limit_text(diff, was->vf_limit), limit_text(diff, is->vf_limit));
}

/* Returns the addresses that are in the group of is and were not in that of was, or "". */
static const char *newcomers(struct diff *diff, const struct snapshot *snapshot,
			     const struct snapshot_function *is,
			     const struct snapshot_function *was)
{
	struct buffer list = {.arena = diff->arena, .separator = " ", .most = LISTED};

	if (is->group == SIZE_MAX || was->group == SIZE_MAX)
		return "";
	const struct snapshot_group *group = &snapshot->groups[is->group];
	for (size_t i = 0; i < group->count; i++) {
		const struct snapshot_function *member =
			snapshot_find(snapshot, group->functions[i]);

		if (member == is || (member->other_one && member->other_one->group == was->group))
			continue;
		buffer_item(&list, "%s", member->address);
	}
	return buffer_list(&list);
}

/*
 * Compares the groups of one report with those that their functions have in the other, and tells
 * each once. A group that is read from the old report to the new one has shrunk.
 */
static void compare_groups(struct diff *diff, const struct snapshot *snapshot, const char *kind,
			   enum change_effect effect, const char *what)
{
	bool *told = arena_array(diff->arena, snapshot->group_count + 1, sizeof(*told));

	if (!told)
		return;
	memset(told, 0, (snapshot->group_count + 1) * sizeof(*told));
	for (size_t i = 0; i < snapshot->function_count; i++) {
		const struct snapshot_function *function = &snapshot->functions[i];

		if (!function->other_one || function->group == SIZE_MAX || told[function->group])
			continue;
		told[function->group] = true;
		const char *others = newcomers(diff, snapshot, function, function->other_one);
		if (!*others)
			continue;
		bool grew = effect == CHANGE_WORSE;
		add(diff,
		    (struct change){
			    .effect = effect,
			    .kind = kind,
			    .subject = grew ? function->address : function->other_one->address,
			    .before = grew ? NULL : others,
			    .after = grew ? others : NULL,
			    .summary = arena_printf(diff->arena, "%s %s", what, others),
		    });
	}
}

/* "8086:10d3", or "8086:10d3 (82574L Gigabit Network Connection)". */
static const char *identity_words(struct diff *diff, const struct snapshot_function *function)
{
	static const char prefix[] = "0x";
	const char *vendor = function->ids, *device = strchr(vendor, ':') + 1;

	vendor += begins_with(vendor, prefix) ? strlen(prefix) : 0;
	device += begins_with(device, prefix) ? strlen(prefix) : 0;
	return arena_printf(diff->arena, "%.*s:%.*s%s%s%s", (int)strcspn(vendor, ":"), vendor,
			    (int)strcspn(device, " "), device, *function->name ? " (" : "",
			    function->name, *function->name ? ")" : "");
}

static void add_function(struct diff *diff, const struct snapshot_function *function, bool appeared)
{
	const char *ids =
		arena_printf(diff->arena, "%.*s", (int)strcspn(function->ids, " "), function->ids);

	add(diff,
	    (struct change){
		    .effect = appeared ? CHANGE_NONE : CHANGE_WORSE,
		    .kind = appeared ? "function-appeared" : "function-vanished",
		    .subject = function->address,
		    .before = appeared ? NULL : ids,
		    .after = appeared ? ids : NULL,
		    .summary = arena_printf(diff->arena, "%s %s", identity_words(diff, function),
					    appeared ? "is new" : "is no longer there"),
	    });
}

static void compare_functions(struct diff *diff, const struct snapshot *old_one,
			      const struct snapshot *new_one)
{
	for (size_t i = 0; i < old_one->function_count; i++) {
		const struct snapshot_function *was = &old_one->functions[i], *is = was->other_one;

		if (!is) {
			add_function(diff, was, false);
			continue;
		}
		compare_ranked(diff, "assignable-changed", is->address, "its verdict",
			       assignable_ranks, was->assignable, is->assignable);
		compare_vf_limits(diff, was, is);
		compare_text(diff, CHANGE_NONE, "driver-changed", is->address, "its driver",
			     was->driver, is->driver);
	}
	for (size_t i = 0; i < new_one->function_count; i++) {
		if (!new_one->functions[i].other_one)
			add_function(diff, &new_one->functions[i], true);
	}
	compare_groups(diff, new_one, "group-grew", CHANGE_WORSE, "its IOMMU group now also holds");
	compare_groups(diff, old_one, "group-shrank", CHANGE_BETTER,
		       "its IOMMU group no longer holds");
}

/* A warning decides nothing, so none makes it worse: it may follow on a failure. */
static enum change_effect finding_effect(const struct snapshot_finding *finding, bool appeared)
{
	switch (find_rank(finding_ranks, finding->verdict)) {
	case FAILS:
		return appeared ? CHANGE_WORSE : CHANGE_BETTER;
	case UNTOLD:
		return appeared ? CHANGE_UNKNOWN : CHANGE_BETTER;
	}
	return CHANGE_NONE;
}

/* What passes is no news, and what a guest can have is told of each function. */
static bool is_news(const struct snapshot_finding *finding)
{
	static const char told[] = "assignability.";

	return strncmp(finding->id, told, sizeof(told) - 1) != 0 &&
	       find_rank(finding_ranks, finding->verdict) < PASSES;
}

static void add_finding(struct diff *diff, const struct snapshot_finding *finding, bool appeared)
{
	const char *text = arena_printf(diff->arena, "%s: %s", finding->verdict, finding->summary);

	if (!is_news(finding))
		return;
	add(diff,
	    (struct change){
		    .effect = finding_effect(finding, appeared),
		    .kind = appeared ? "finding-appeared" : "finding-vanished",
		    .subject = finding->subject,
		    .before = appeared ? NULL : text,
		    .after = appeared ? text : NULL,
		    .summary = arena_printf(diff->arena, "%s [%s]: %s", appeared ? "new" : "gone",
					    finding->id, finding->summary),
	    });
}

static bool same_finding(const struct snapshot_finding *one, const struct snapshot_finding *two)
{
	return strcmp(one->id, two->id) == 0 && strcmp(one->subject, two->subject) == 0;
}

/* Returns how many findings from first on are of the same id and subject. */
static size_t run_length(const struct snapshot *snapshot, size_t first)
{
	size_t next = first + 1;

	while (next < snapshot->finding_count &&
	       same_finding(&snapshot->findings[first], &snapshot->findings[next]))
		next++;
	return next - first;
}

static int compare_keys(const struct snapshot_finding *one, const struct snapshot_finding *two)
{
	int order = strcmp(one->id, two->id);

	return order ? order : strcmp(one->subject, two->subject);
}

/* A verdict that changed says little without what it is about. */
static void compare_finding(struct diff *diff, const struct snapshot_finding *was,
			    const struct snapshot_finding *is)
{
	if (strcmp(was->verdict, is->verdict) == 0)
		return;
	add(diff, (struct change){
			  .effect = compare_ranks(finding_ranks, was->verdict, is->verdict),
			  .kind = "finding-changed",
			  .subject = is->subject,
			  .before = was->verdict,
			  .after = is->verdict,
			  .summary = arena_printf(diff->arena, "was %s and is now %s [%s]: %s",
						  was->verdict, is->verdict, is->id, is->summary),
		  });
}

/* Two runs of the same id and subject: as many are the same, however they are worded now. */
static void compare_runs(struct diff *diff, const struct snapshot_finding *were, size_t was_count,
			 const struct snapshot_finding *are, size_t is_count)
{
	size_t i = 0, k = 0;

	if (was_count == is_count) {
		for (; i < was_count; i++)
			compare_finding(diff, &were[i], &are[i]);
		return;
	}
	while (i < was_count || k < is_count) {
		int order = i == was_count  ? 1
			    : k == is_count ? -1
					    : strcmp(were[i].summary, are[k].summary);
		if (order < 0)
			add_finding(diff, &were[i], false);
		if (order > 0)
			add_finding(diff, &are[k], true);
		i += order <= 0;
		k += order >= 0;
	}
}

static void compare_findings(struct diff *diff, const struct snapshot *old_one,
			     const struct snapshot *new_one)
{
	size_t i = 0, k = 0;

	while (i < old_one->finding_count || k < new_one->finding_count) {
		const struct snapshot_finding *was = &old_one->findings[i],
					      *is = &new_one->findings[k];
		int order = i == old_one->finding_count   ? 1
			    : k == new_one->finding_count ? -1
							  : compare_keys(was, is);
		size_t was_count = order <= 0 ? run_length(old_one, i) : 0;
		size_t is_count = order >= 0 ? run_length(new_one, k) : 0;

		compare_runs(diff, was, was_count, is, is_count);
		i += was_count;
		k += is_count;
	}
}

static const char *met_word(int met)
{
	return met < 0 ? "undetermined" : met ? "ready" : "not-ready";
}

static void compare_requirements(struct diff *diff, const struct snapshot *old_one,
				 const struct snapshot *new_one)
{
	/* Few, and in the order in which they were given. */
	for (size_t i = 0; i < new_one->requirement_count && i < old_one->requirement_count; i++) {
		const struct snapshot_requirement *was = &old_one->requirements[i];
		const struct snapshot_requirement *is = &new_one->requirements[i];

		if (strcmp(was->text, is->text) == 0)
			compare_ranked(diff, "requirement-changed", "host", is->text, host_ranks,
				       met_word(was->met), met_word(is->met));
	}
}

static int compare_changes(const void *a, const void *b)
{
	const struct change *one = a, *two = b;

	if (one->effect != two->effect)
		return one->effect > two->effect ? -1 : 1;
	int order = strcmp(one->subject, two->subject);
	if (!order)
		order = strcmp(one->kind, two->kind);
	return order ? order : strcmp(one->summary, two->summary);
}

int diff_build(struct arena *arena, struct snapshot *old_one, struct snapshot *new_one,
	       struct diff *ret)
{
	*ret = (struct diff){.arena = arena, .old_one = old_one, .new_one = new_one};
	compare_ranked(ret, "verdict-changed", "host", "the host", host_ranks, old_one->verdict,
		       new_one->verdict);
	compare_text(ret, CHANGE_NONE, "tool-changed", "host", "passcheck", old_one->tool_version,
		     new_one->tool_version);
	compare_text(ret, CHANGE_NONE, "kernel-changed", "host", "the kernel",
		     old_one->kernel_release, new_one->kernel_release);
	compare_text(ret, CHANGE_NONE, "product-changed", "host", "the machine", old_one->product,
		     new_one->product);
	pair_functions(ret, old_one, new_one);
	ret->machines_differ = machines_differ(arena, old_one, new_one);
	compare_functions(ret, old_one, new_one);
	compare_findings(ret, old_one, new_one);
	compare_requirements(ret, old_one, new_one);
	if (ret->count)
		qsort(ret->changes, ret->count, sizeof(*ret->changes), compare_changes);
	return arena_failed(arena) ? -ENOMEM : 0;
}

const char *diff_headline(enum change_effect effect)
{
	static const char *const headlines[] = {
		[CHANGE_NONE] = "SAME: readiness did not change",
		[CHANGE_BETTER] = "BETTER: nothing got worse",
		[CHANGE_UNKNOWN] = "UNDETERMINED: what was known is unknown now",
		[CHANGE_WORSE] = "WORSE: something got worse",
	};
	ASSERT_COVERS(headlines, CHANGE_COUNT);

	return headlines[effect];
}

const char *diff_result_name(enum change_effect effect)
{
	switch (effect) {
	case CHANGE_NONE:
		return "same";
	case CHANGE_BETTER:
		return "better";
	case CHANGE_UNKNOWN:
		return "undetermined";
	case CHANGE_WORSE:
		return "worse";
	}
	return "undetermined";
}

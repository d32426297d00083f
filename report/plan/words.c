/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/plan/words.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/own_commands.h"

enum { MOST_NAMES = 8 };

static const char *const undo_headings[] = {
	[PLAN_FIRMWARE] = "In the firmware setup",
	[PLAN_BOOT] = "For the next boot",
	[PLAN_NOW] = "Now",
	[PLAN_PERSIST] = "At the next boot, too",
	[PLAN_GUEST] = "In the guest's configuration",
};

ASSERT_COVERS(undo_headings, PLAN_STAGE_COUNT);

static const char *const stage_headings[] = {
	[PLAN_FIRMWARE] = "In the firmware setup",
	[PLAN_BOOT] = "For the next boot",
	[PLAN_NOW] = "Now",
	[PLAN_PERSIST] = "To keep it so over reboots",
	[PLAN_GUEST] = "To assign it to the guest",
};

ASSERT_COVERS(stage_headings, PLAN_STAGE_COUNT);

const char *plan_stage_heading(const struct plan *plan, enum plan_stage stage)
{
	return plan->undo ? undo_headings[stage] : stage_headings[stage];
}

/* What is not known may still ask for a step. */
static const char *nothing_known(const struct plan *plan)
{
	return plan->undo ? "Found nothing of a plan in place, but could not read all that tells"
			  : "Found no step that is left, but could not read all that decides";
}

/* ", with 2 warnings (passcheck shows them)": no step is for what a host is ready in spite of. */
static const char *warnings_of(const struct plan_document *document)
{
	const struct judged_findings *judged = &document->audit->judged;
	size_t count = 0;

	for (size_t i = 0; i < judged->count; i++) {
		const struct finding *finding = judged->items[i];
		count += finding->verdict == FINDING_WARN && finding_concerns_host(finding);
	}
	return count ? arena_printf(document->arena, ", with %s (passcheck shows them)",
				    counted(document->arena, count, "warning"))
		     : "";
}

/* No step at all: of a plan for the host, what it is for is another question. */
static const char *nothing_to_do(const struct plan_document *document)
{
	if (document->plan.undo)
		return "Nothing of a plan is in place";
	if (document->audit && document->audit->judged.verdict == HOST_READY)
		return arena_printf(document->arena,
				    "The host is ready%s. For a device: " OWN_PLAN
				    " FUNCTION (an address, an interface, or a class such as gpu)",
				    warnings_of(document));
	return "Nothing is left to do";
}

static bool goes_only_in_parts(const struct plan *plan)
{
	size_t count = 0;

	for (const struct text_line *line = plan->obstacles; line; line = line->next)
		count++;
	return count && count == plan->obstacles_together;
}

const char *plan_headline(const struct plan_document *document)
{
	const struct plan *plan = &document->plan;
	static const char *const headlines[] = {
		[PLAN_COMPLETE] = "These steps reach the goal",
		[PLAN_UNDETERMINED] = "Cannot tell whether these steps suffice",
		[PLAN_OBSTRUCTED] = "No steps reach the goal",
	};
	ASSERT_COVERS(headlines, PLAN_VERDICT_COUNT);

	if (plan->verdict == PLAN_COMPLETE && plan->count == 0)
		return nothing_to_do(document);
	if (plan->verdict == PLAN_UNDETERMINED && plan->count == 0)
		return nothing_known(plan);
	if (plan->verdict == PLAN_OBSTRUCTED && plan->count)
		return "Something stands in the way; these steps are to remove it";
	if (plan->verdict == PLAN_OBSTRUCTED && document->help)
		return "Something stands in the way that no step removes; what helps is named "
		       "below it";
	if (plan->verdict == PLAN_OBSTRUCTED && goes_only_in_parts(plan))
		return "No steps reach the goal for all of them at once; a plan for fewer may";
	return headlines[plan->verdict];
}

const char *plan_who_runs(const struct plan *plan)
{
	return plan->verdict == PLAN_COMPLETE && plan->count ? "passcheck runs none of them: you do"
							     : NULL;
}

/* " 0000:01:00.0 0000:02:00.0", as operands; "" of a plan for the host. */
static const char *operands(const struct plan_document *document)
{
	struct buffer names = {.arena = document->arena, .separator = ""};

	for (size_t i = 0; i < document->selection.count; i++)
		buffer_item(&names, " %s", document->selection.functions[i]->name);
	return buffer_text(&names);
}

/* A group goes as a whole, whichever of its functions is named. */
static bool may_go_apart(const struct selection *selection)
{
	bool several = false, apart = false;

	for (size_t i = 0; i < selection->count; i++) {
		several |= !selection->alone[i];
		apart |= i && !pci_same_group(selection->functions[0], selection->functions[i]);
	}
	return several && apart;
}

/* An obstacle that begins with a function is its own. */
static bool has_obstacle(const struct plan *plan, const struct pci_function *function)
{
	for (const struct text_line *line = plan->obstacles; line; line = line->next) {
		if (begins_with(line->text, function->name))
			return true;
	}
	return false;
}

/* Returns whether a plan for one of the functions alone may be without obstacle. */
static bool may_be_better_alone(const struct plan_document *document)
{
	const struct selection *selection = &document->selection;
	size_t obstructed = 0;

	for (size_t i = 0; i < selection->count; i++)
		obstructed += has_obstacle(&document->plan, selection->functions[i]);
	return obstructed < selection->count;
}

const char *plan_whom_for(const struct plan_document *document)
{
	const struct selection *selection = &document->selection;
	struct buffer names = {.arena = document->arena, .separator = ", ", .most = MOST_NAMES};

	if (!may_go_apart(selection))
		return NULL;
	for (size_t i = 0; i < selection->count; i++)
		buffer_item(&names, "%s", selection->functions[i]->name);
	return arena_printf(document->arena, "This plan is for %zu functions: %s%s",
			    selection->count, buffer_list(&names),
			    may_be_better_alone(document) ? ". Name one to plan for it alone" : "");
}

const char *plan_how_far(const struct plan_document *document)
{
	const struct plan *plan = &document->plan;
	size_t before = 0;

	while (before < plan->count && plan->steps[before].stage <= PLAN_BOOT)
		before++;
	if (before == 0 || (before == plan->count && plan->verdict != PLAN_OBSTRUCTED))
		return NULL;
	if (before == plan->count)
		return "Do these steps, then ask for a plan again";
	return arena_printf(
		document->arena,
		"Do steps 1 to %zu, then ask for a plan again: the steps after them are "
		"a forecast",
		before);
}

const char *plan_after_vfs(const struct plan_document *document)
{
	const struct plan *plan = &document->plan;

	if (!document->vfs || plan->undo || plan->verdict == PLAN_OBSTRUCTED)
		return NULL;
	return "This plan makes VFs. Ask for one for a VF, once it is there, to assign it to a "
	       "guest: " OWN_PLAN " FUNCTION";
}

const char *plan_of_host(const struct plan_document *document)
{
	if (!document->page || document->plan.verdict != PLAN_COMPLETE ||
	    document->page->judged.verdict != HOST_UNDETERMINED)
		return NULL;
	return "The host itself is undetermined: " OWN_PLAN " says what is not known of it";
}

/* Whether a step brings the word to where this host's boot loader reads it. */
static bool has_word(const struct plan *plan, const char *word)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (strcmp(plan->steps[i].id, "kernel-parameters") == 0 &&
		    strstr(plan->steps[i].summary, word))
			return true;
	}
	return false;
}

const char *plan_in_vain(const struct plan_document *document)
{
	const struct audit *audit = document->page ? document->page : document->audit;
	struct buffer words = {.arena = document->arena, .separator = "; "};

	if (document->plan.verdict == PLAN_OBSTRUCTED && !document->plan.count)
		return NULL;
	for (size_t i = 0; audit && !document->plan.undo && i < audit->judged.count; i++) {
		const struct finding *finding = audit->judged.items[i];
		if (strcmp(finding->kind->id, "boot-config.wrong-file") == 0 && finding->about &&
		    !has_word(&document->plan, finding->about))
			buffer_item(&words, "%s", finding->summary);
	}
	if (!words.count)
		return NULL;
	return arena_printf(document->arena, "%s: no step needs that [boot-config.wrong-file]",
			    buffer_text(&words));
}

const char *plan_shorter_way(const struct plan_document *document)
{
	const struct plan *plan = &document->plan;

	if (!plan->managed_does || plan->how != PLAN_HOW_BOOT || plan->obstacles || !plan->count)
		return NULL;
	return arena_printf(document->arena,
			    "Or let libvirt bind them: " OWN_PLAN_BY_LIBVIRT
			    "%s (managed='yes': from when the guest starts until it ends)",
			    operands(document));
}

/* A caution among others, in the order of the plan. */
struct placed_remark {
	const struct plan_remark *remark;
	size_t order;
};

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_words(const struct plan_remark *a, const struct plan_remark *b)
{
	const struct text_line *left = a->caution->commands, *right = b->caution->commands;
	int order = compare_texts(a->caution->why, b->caution->why);

	if (order || a->known != b->known)
		return order ? order : a->known - b->known;
	order = compare_texts(a->caution->remedy, b->caution->remedy);
	while (!order && left && right) {
		order = strcmp(left->text, right->text);
		left = left->next;
		right = right->next;
	}
	return order ? order : !right - !left;
}

static int compare_placed(const void *left, const void *right)
{
	const struct placed_remark *a = left, *b = right;
	int order = compare_words(a->remark, b->remark);

	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* Returns how many of the same words stand at the beginning, and names those behind the first. */
static size_t name_others(const struct placed_remark *placed, size_t count, struct arena *arena,
			  const char **ret)
{
	struct buffer names = {.arena = arena, .separator = ", ", .most = MOST_NAMES};
	size_t same = 1;

	for (; same < count && compare_words(placed[0].remark, placed[same].remark) == 0; same++)
		buffer_item(&names, "%s", placed[same].remark->function->name);
	*ret = same > 1 ? arena_printf(arena, " (also %s)", buffer_list(&names)) : "";
	return same;
}

static bool is_blocked(const struct plan_document *document, const struct pci_function *function)
{
	return assignability_of(&document->model.assignability, function)->verdict ==
	       ASSIGNABLE_BLOCKED;
}

/* Returns whether the plan has no steps, as one of its functions is blocked: nothing happens to the
 * others, so what there is to know of them bears on plans of their own. */
static bool ends_at_one(const struct plan_document *document)
{
	const struct selection *selection = &document->selection;
	bool blocked = false;

	for (size_t i = 0; i < selection->count; i++)
		blocked |= is_blocked(document, selection->functions[i]);
	return blocked && document->plan.verdict == PLAN_OBSTRUCTED && !document->plan.count;
}

const struct plan_told_remark *plan_told_remarks(const struct plan_document *document,
						 size_t *ret_count)
{
	size_t count = 0, told = 0;
	bool ends = ends_at_one(document);

	*ret_count = 0;
	for (const struct plan_remark *remark = document->plan.remarks; remark;
	     remark = remark->next)
		count += !ends || is_blocked(document, remark->function);
	struct placed_remark *placed = arena_array(document->arena, count + 1, sizeof(*placed));
	struct plan_told_remark *list = arena_array(document->arena, count + 1, sizeof(*list));
	if (!placed || !list)
		return NULL;
	size_t index = 0;
	for (const struct plan_remark *remark = document->plan.remarks; remark;
	     remark = remark->next) {
		if (!ends || is_blocked(document, remark->function)) {
			placed[index] = (struct placed_remark){remark, index};
			index++;
		}
	}
	qsort(placed, count, sizeof(*placed), compare_placed);
	for (size_t i = 0; i < count;) {
		struct plan_told_remark *first = &list[placed[i].order];
		first->remark = placed[i].remark;
		i += name_others(&placed[i], count - i, document->arena, &first->others);
	}
	for (size_t i = 0; i < count; i++) {
		if (list[i].remark)
			list[told++] = list[i];
	}
	*ret_count = told;
	return list;
}

/* The configuration of a guest is the guest's. */
static bool is_told(const struct plan_step *step)
{
	return step->unread || step->stage == PLAN_GUEST;
}

/* How to come back is asked for when it is wanted: what is in place then is looked for. */
struct text_line *plan_way_back(const struct plan_document *document)
{
	const struct plan *plan = &document->plan;
	struct text_line *commands = NULL;
	bool planned = false;

	for (size_t i = plan->count; i-- > 0 && !plan->undo;) {
		const struct plan_step *step = &plan->steps[i];
		planned |= step->undo && !is_told(step);
		for (const struct plan_command *command = step->undo; command && is_told(step);
		     command = command->next)
			lines_add(document->arena, &commands, "%s", command->text);
	}
	if (planned)
		lines_add(document->arena, &commands, OWN_PLAN_BACK "%s", operands(document));
	return commands;
}

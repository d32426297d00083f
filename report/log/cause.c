/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/log/cause.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/buffer.h"
#include "model/own_commands.h"

enum { MOST_IDS = 2 * LOG_MOST_FINDINGS, MOST_NAMED = 3, MOST_PASSED = 16 };

/* The findings of an audit that have a say on a row of messages. */
struct row {
	const struct log_message *message;
	const struct finding **items;
	size_t count;
	struct row *next;
};

struct log_causes {
	const struct audit *audit;
	struct arena *arena;
	struct row *rows; /* those that were asked for */
};

struct log_causes *log_causes_new(const struct audit *audit, struct arena *arena)
{
	struct log_causes *causes = arena_alloc(arena, sizeof(*causes));

	if (causes)
		*causes = (struct log_causes){.audit = audit, .arena = arena};
	return causes;
}

static bool is_listed(const char *const *ids, size_t count, const char *id)
{
	for (size_t i = 0; i < count && ids[i]; i++) {
		if (strcmp(ids[i], id) == 0)
			return true;
	}
	return false;
}

/* Returns whether a finding is one that decides on the row. */
static bool decides(const struct log_message *message, const struct finding *finding)
{
	return is_listed(message->findings, LOG_MOST_FINDINGS, finding->kind->id);
}

static bool is_related(const struct log_message *message, const struct finding *finding)
{
	return is_listed(message->related, LOG_MOST_FINDINGS, finding->kind->id);
}

/* Returns whether a finding is of a check that makes one of those that decide. */
static bool is_of_deciding_check(const struct log_message *message, const struct finding *finding)
{
	size_t length = strlen(finding->check);

	for (size_t i = 0; i < LOG_MOST_FINDINGS && message->findings[i]; i++) {
		if (begins_with(message->findings[i], finding->check) &&
		    message->findings[i][length] == '.')
			return true;
	}
	return false;
}

static bool has_a_say(const struct log_message *message, const struct finding *finding)
{
	return decides(message, finding) || is_related(message, finding) ||
	       is_of_deciding_check(message, finding);
}

static void fill_row(const struct judged_findings *judged, struct row *row)
{
	for (size_t i = 0; i < judged->count; i++) {
		if (has_a_say(row->message, judged->items[i]))
			row->items[row->count++] = judged->items[i];
	}
}

/* Returns what has a say on a row; NULL where memory is short. */
static const struct row *find_row(struct log_causes *causes, const struct log_message *message)
{
	const struct judged_findings *judged = &causes->audit->judged;
	struct row *row = causes->rows;

	while (row && row->message != message)
		row = row->next;
	if (row)
		return row;
	row = arena_alloc(causes->arena, sizeof(*row));
	if (!row)
		return NULL;
	row->items = arena_array(causes->arena, judged->count + 1, sizeof(*row->items));
	if (!row->items)
		return NULL;
	row->message = message;
	row->next = causes->rows;
	causes->rows = row;
	fill_row(judged, row);
	return row;
}

/* Whom a finding speaks of, as seen from a message. */
enum relation {
	RELATION_NONE,     /* of another function or group */
	RELATION_POSSIBLE, /* of a function or group, and the message names none */
	RELATION_SAME,     /* of the message's, or of the host */
};

/* Returns whether a message of that function is one of the subject: of it, or of a port above it,
 * which speaks of what is below. */
static bool is_of_function(const struct pci_function *subject, const struct pci_address *address)
{
	for (; subject; subject = subject->parent) {
		if (pci_address_compare(&subject->address, address) == 0)
			return true;
	}
	return false;
}

static enum relation function_relation(const struct pci_function *subject,
				       const struct log_values *values)
{
	if (!subject)
		return RELATION_NONE;
	if (values->has_function)
		return is_of_function(subject, &values->function) ? RELATION_SAME : RELATION_NONE;
	if (!values->has_group)
		return RELATION_POSSIBLE;
	return fact_known(&subject->group.fact) && (uint64_t)subject->group.value == values->group
		       ? RELATION_SAME
		       : RELATION_NONE;
}

static enum relation group_relation(const struct host *host, uint64_t group,
				    const struct log_values *values)
{
	const struct pci_function *function =
		values->has_function ? pci_find(&host->pci, &values->function) : NULL;

	if (function)
		return fact_known(&function->group.fact) && (uint64_t)function->group.value == group
			       ? RELATION_SAME
			       : RELATION_NONE;
	if (!values->has_group)
		return values->has_function ? RELATION_NONE : RELATION_POSSIBLE;
	return values->group == group ? RELATION_SAME : RELATION_NONE;
}

static enum relation relation_of(const struct host *host, const struct finding *finding,
				 const struct log_values *values)
{
	switch (finding->subject.type) {
	case SUBJECT_HOST:
	case SUBJECT_UNIT:
		return RELATION_SAME;
	case SUBJECT_FUNCTION:
		return function_relation(pci_find_name(&host->pci, finding->subject.id), values);
	case SUBJECT_GROUP:
		return group_relation(host, strtoull(finding->subject.id, NULL, 10), values);
	case SUBJECT_DOMAIN:
		break;
	}
	return RELATION_NONE;
}

static bool names(const struct log_message *message, enum blocker_kind kind)
{
	for (size_t i = 0; i < LOG_MOST_BLOCKERS && message->blockers[i]; i++) {
		if (message->blockers[i] == kind)
			return true;
	}
	return false;
}

/* Returns whether a blocker of the function is one that the message speaks of. */
static bool has_blocker(const struct log_causes *causes, const struct finding *finding,
			const struct log_message *message)
{
	const struct model *model = &causes->audit->model;
	const struct pci_function *function = pci_find_name(&model->host->pci, finding->subject.id);
	const struct assignable *assignable =
		function ? assignability_of(&model->assignability, function) : NULL;

	for (const struct blocker *item = assignable ? assignable->blockers : NULL; item;
	     item = item->next) {
		if (names(message, item->kind))
			return true;
	}
	return false;
}

/* What the findings say of a message. */
struct vote {
	const struct finding *causes[LOG_MOST_FINDINGS]; /* of its subject */
	size_t cause_count;
	const struct finding *fine[MOST_PASSED]; /* what passed of the checks that decide */
	size_t fine_count;
	const struct finding *idle[MOST_PASSED]; /* what does not apply of them */
	size_t idle_count;
	const char *present[LOG_MOST_FINDINGS]; /* ids to look at beside that are there */
	size_t present_count;
	const struct finding *possible; /* the first cause of another subject that it may be */
	const struct finding *unknown;  /* the first that is unknown */
};

static void count_cause(const struct log_causes *causes, const struct log_message *message,
			const struct finding *finding, enum relation relation, struct vote *vote)
{
	if (message->blockers[0] && strcmp(finding->kind->id, "assignability.blocked") == 0 &&
	    !has_blocker(causes, finding, message))
		return;
	if (relation == RELATION_POSSIBLE && !vote->possible)
		vote->possible = finding;
	if (relation == RELATION_SAME && vote->cause_count < LOG_MOST_FINDINGS)
		vote->causes[vote->cause_count++] = finding;
}

static void count_related(const struct finding *finding, struct vote *vote)
{
	if (vote->present_count < LOG_MOST_FINDINGS &&
	    !is_listed(vote->present, vote->present_count, finding->kind->id))
		vote->present[vote->present_count++] = finding->kind->id;
}

/* What passed of one that the message may be of says nothing of the others. */
static void count_fine(const struct finding *finding, enum relation relation, struct vote *vote)
{
	if (relation == RELATION_SAME && vote->fine_count < MOST_PASSED)
		vote->fine[vote->fine_count++] = finding;
}

static void count_vote(const struct log_causes *causes, const struct log_event *event,
		       const struct finding *finding, struct vote *vote)
{
	const struct log_message *message = event->message;
	enum relation relation = relation_of(causes->audit->model.host, finding, &event->values);

	if (relation == RELATION_NONE)
		return;
	if (is_related(message, finding) && relation == RELATION_SAME)
		count_related(finding, vote);
	else if (decides(message, finding) && finding->verdict != FINDING_UNKNOWN)
		count_cause(causes, message, finding, relation, vote);
	else if (finding->verdict == FINDING_PASS)
		count_fine(finding, relation, vote);
	else if (finding->verdict == FINDING_UNKNOWN && !vote->unknown)
		vote->unknown = finding;
	else if (finding->verdict == FINDING_NOT_APPLICABLE && vote->idle_count < MOST_PASSED)
		vote->idle[vote->idle_count++] = finding;
}

/* A list of ids that grows. */
struct ids {
	const char **items;
	size_t count;
};

static void add_id(struct ids *ids, const char *id)
{
	if (ids->count < MOST_IDS && !is_listed(ids->items, ids->count, id))
		ids->items[ids->count++] = id;
}

static void add_ids(struct ids *ids, const char *const *more, size_t count)
{
	for (size_t i = 0; i < count && more[i]; i++)
		add_id(ids, more[i]);
}

static struct ids new_ids(struct arena *arena)
{
	return (struct ids){.items = arena_array(arena, MOST_IDS, sizeof(const char *))};
}

static void set_ids(struct log_told *told, const struct ids *ids)
{
	told->findings = ids->items;
	told->finding_count = ids->items ? ids->count : 0;
}

void log_cause_open(const struct log_event *event, struct arena *arena, struct log_told *told)
{
	struct ids ids = new_ids(arena);

	told->cause = LOG_OPEN;
	told->why = event->message->settle;
	told->remedy = event->message->remedy;
	if (!ids.items)
		return;
	add_ids(&ids, event->message->findings, LOG_MOST_FINDINGS);
	add_ids(&ids, event->message->related, LOG_MOST_FINDINGS);
	set_ids(told, &ids);
}

static void list_causes(const struct vote *vote, struct arena *arena, struct log_told *told)
{
	struct ids ids = new_ids(arena);

	if (!ids.items)
		return;
	for (size_t i = 0; i < vote->cause_count; i++)
		add_id(&ids, vote->causes[i]->kind->id);
	add_ids(&ids, vote->present, vote->present_count);
	set_ids(told, &ids);
}

/* "dmar0 translates 39 address bits [iommu-capabilities.described]; …" */
static const char *summaries(struct arena *arena, const struct finding *const *findings,
			     size_t count)
{
	struct buffer list = {.arena = arena, .separator = "; ", .most = MOST_NAMED};

	for (size_t i = 0; i < count; i++)
		buffer_item(&list, "%s [%s]", findings[i]->summary, findings[i]->kind->id);
	return buffer_list(&list);
}

/* Companions of the function's own card are nothing wrong to an audit, so that finding has no
 * remedy. */
static const char *remedy_of_card(const struct log_causes *causes, const struct finding *finding)
{
	const struct model *model = &causes->audit->model;
	const struct pci_function *function = pci_find_name(&model->host->pci, finding->subject.id);
	struct buffer names = {.arena = causes->arena, .separator = ", ", .most = MOST_NAMED};

	if (!function || strcmp(finding->kind->id, "assignability.companions") != 0)
		return NULL;
	const struct assignable *assignable = assignability_of(&model->assignability, function);
	for (size_t i = 0; i < assignable->companion_count; i++)
		buffer_item(&names, "%s", assignable->companions[i]->name);
	return arena_printf(
		causes->arena,
		"Take the rest of the card (%s) from the host's drivers as well: " OWN_PLAN
		" %s says how",
		buffer_list(&names), function->name);
}

/* The remedy of a finding knows the host. */
static const char *remedy_of(const struct log_causes *causes, const struct finding *finding)
{
	return finding->remedy ? finding->remedy : remedy_of_card(causes, finding);
}

static void confirm(struct log_causes *causes, const struct vote *vote, const char *why,
		    struct log_told *told)
{
	const char *cause =
		vote->cause_count ? summaries(causes->arena, vote->causes, vote->cause_count) : why;

	told->cause = LOG_CONFIRMED;
	told->why = arena_printf(causes->arena, "Confirmed here: %s.", cause);
	list_causes(vote, causes->arena, told);
	const char *remedy = vote->cause_count ? remedy_of(causes, vote->causes[0]) : NULL;
	if (remedy)
		told->remedy = remedy;
}

static const char *name_absent(const struct log_message *message, struct arena *arena)
{
	struct buffer ids = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < LOG_MOST_FINDINGS && message->findings[i]; i++)
		buffer_item(&ids, "%s", message->findings[i]);
	return arena_printf(arena, "the audit of this host does not find %s", buffer_text(&ids));
}

static void refute(struct log_causes *causes, const struct vote *vote, const char *why,
		   struct log_told *told)
{
	const char *reason = why;

	if (!reason && vote->fine_count)
		reason = summaries(causes->arena, vote->fine, vote->fine_count);
	if (!reason)
		reason = name_absent(told->event->message, causes->arena);
	told->cause = LOG_REFUTED;
	told->why = arena_printf(causes->arena, "No longer true: %s.", reason);
	told->remedy = NULL;
}

/* Says why the cause stays open although a host was asked. */
static void leave_open(struct log_causes *causes, const struct vote *vote, const char *doubt,
		       struct log_told *told)
{
	const char *settle = told->why;

	if (!doubt && vote->possible)
		doubt = arena_printf(causes->arena,
				     "the line names no function; this may be its cause: %s",
				     summaries(causes->arena, &vote->possible, 1));
	if (!doubt && vote->unknown)
		doubt = vote->unknown->summary;
	if (doubt)
		told->why = arena_printf(causes->arena, "This host does not settle it: %s. %s",
					 doubt, settle);
}

/* Returns whether the message is of a function that the host does not have now. */
static bool is_gone(const struct log_causes *causes, const struct log_values *values)
{
	const struct pci *pci = &causes->audit->model.host->pci;

	return values->has_function && fact_known(&pci->fact) && !pci_find(pci, &values->function);
}

/* Returns whether a check that decides does not apply to this host, and so refutes nothing. */
static bool is_idle(const struct vote *vote)
{
	for (size_t i = 0; i < vote->idle_count; i++) {
		size_t k = 0;
		while (k < vote->fine_count &&
		       strcmp(vote->fine[k]->check, vote->idle[i]->check) != 0)
			k++;
		if (k == vote->fine_count)
			return true;
	}
	return false;
}

/* Returns whether a cause is a finding of the message's function or group. What the audit finds of
 * the whole host does not outweigh a fact of the function. */
static bool is_close(const struct vote *vote)
{
	for (size_t i = 0; i < vote->cause_count; i++) {
		if (vote->causes[i]->subject.type == SUBJECT_FUNCTION ||
		    vote->causes[i]->subject.type == SUBJECT_GROUP)
			return true;
	}
	return false;
}

/* Returns whether the message names a function of which the checks that decide say nothing: absence
 * of their findings then proves nothing. */
static bool is_passed_over(const struct log_event *event, const struct vote *vote)
{
	return event->values.has_function && !vote->fine_count;
}

void log_cause_judge(struct log_causes *causes, struct log_told *told)
{
	const struct log_event *event = told->event;
	const struct log_message *message = event->message;
	const struct row *row = find_row(causes, message);
	struct vote vote = {0};
	struct log_answer answer =
		log_fact_judge(message->fact, &causes->audit->model, &event->values, causes->arena);

	log_cause_open(event, causes->arena, told);
	for (size_t i = 0; row && i < row->count; i++)
		count_vote(causes, event, row->items[i], &vote);
	if (answer.cause == LOG_REFUTED && !message->inconclusive && !is_close(&vote))
		refute(causes, &vote, answer.why, told);
	else if (answer.cause == LOG_CONFIRMED || vote.cause_count)
		confirm(causes, &vote, answer.why, told);
	else if (is_gone(causes, &event->values))
		leave_open(causes, &vote, answer.why ? answer.why : "the function is not there now",
			   told);
	else if (!message->findings[0] || message->inconclusive || message->fact || vote.possible ||
		 vote.unknown || is_idle(&vote) || is_passed_over(event, &vote))
		leave_open(causes, &vote, answer.why, told);
	else
		refute(causes, &vote, NULL, told);
}

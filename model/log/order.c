/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/order.h"

#include <stdlib.h>
#include <string.h>

/* An event while its place is looked for. */
struct place {
	const struct log_event *event;
	struct place *because; /* the one that explains it in the end */
	enum log_severity severity;
	struct log_entry *entry;
};

/* Returns whether both may be of one function: a line that names none may be of any. */
static bool of_one_function(const struct log_event *a, const struct log_event *b)
{
	return !a->values.has_function || !b->values.has_function ||
	       pci_address_compare(&a->values.function, &b->values.function) == 0;
}

static struct place *find_event(struct place *places, size_t count, const struct log_event *event,
				const char *id)
{
	const struct log_message *wanted = log_message_find(id);

	for (size_t i = 0; i < count; i++) {
		if (places[i].event->message == wanted && places[i].event != event &&
		    of_one_function(places[i].event, event))
			return &places[i];
	}
	return NULL;
}

static struct place *find_explainer(struct place *places, size_t count,
				    const struct log_event *event)
{
	const char *const *ids = event->message->explained_by;

	for (size_t i = 0; i < LOG_MOST_EXPLAINERS && ids[i]; i++) {
		struct place *found = find_event(places, count, event, ids[i]);
		if (found)
			return found;
	}
	return NULL;
}

/* What explains the explainer explains all of it. A circle would end after as many steps as there
 * are rows to explain. */
static void settle(struct place *place)
{
	struct place *last = place->because;

	for (int i = 0; last && last->because && i < LOG_MOST_EXPLAINERS; i++)
		last = last->because;
	place->because = last == place ? NULL : last;
	if (place->because && place->because->event->message->severity == LOG_HARMLESS)
		place->severity = LOG_HARMLESS;
}

/* The place whose own place decides that of another. */
static const struct place *leader_of(const struct place *place)
{
	return place->because ? place->because : place;
}

static int compare_lines(const struct place *a, const struct place *b)
{
	const struct log_event *x = a->event, *y = b->event;

	if (x->first_line != y->first_line)
		return x->first_line < y->first_line ? -1 : 1;
	return (x > y) - (x < y);
}

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	const struct place *x = leader_of(a), *y = leader_of(b);

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->event != y->event)
		return compare_lines(x, y);
	if ((a->because == NULL) != (b->because == NULL))
		return a->because ? 1 : -1;
	return compare_lines(a, b);
}

static struct place *make_places(const struct log_findings *findings, struct arena *arena)
{
	size_t count = findings->event_count;
	struct place *places = arena_array(arena, count + 1, sizeof(*places));

	for (size_t i = 0; places && i < count; i++) {
		places[i].event = &findings->events[i];
		places[i].severity = findings->events[i].message->severity;
	}
	for (size_t i = 0; places && i < count; i++)
		places[i].because = find_explainer(places, count, places[i].event);
	for (size_t i = 0; places && i < count; i++)
		settle(&places[i]);
	return places;
}

const struct log_entry *log_order(const struct log_findings *findings, struct arena *arena)
{
	size_t count = findings->event_count;
	struct place *places = make_places(findings, arena);
	struct place *sorted = arena_array(arena, count + 1, sizeof(*sorted));
	struct log_entry *entries = arena_array(arena, count + 1, sizeof(*entries));

	if (!places || !sorted || !entries)
		return NULL;
	memcpy(sorted, places, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_places);
	for (size_t i = 0; i < count; i++)
		places[sorted[i].event - findings->events].entry = &entries[i];
	for (size_t i = 0; i < count; i++) {
		entries[i] = (struct log_entry){
			.event = sorted[i].event,
			.because = sorted[i].because ? sorted[i].because->entry : NULL,
			.severity = sorted[i].severity,
		};
	}
	return entries;
}

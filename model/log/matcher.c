/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/matcher.h"

#include <stdint.h>
#include <string.h>

enum { BYTES = 256, MOST_STATES = UINT16_MAX };

/* A form that begins with the text of a state. */
struct entry {
	const struct log_message *message;
	const char *form;
	struct log_pattern pattern;
	struct entry *next; /* that begins with the same text, in the order of the tables */
};

struct state {
	uint16_t next[BYTES];
	uint16_t fallback; /* the longest end of this text that another form begins with */
	uint16_t shorter;  /* the next one of those that has entries; 0: none */
	struct entry *entries;
};

struct log_matcher {
	struct state *states;
	size_t count;
};

static size_t anchor_length(const char *form)
{
	struct log_pattern pattern;

	return log_pattern_parse(form, &pattern) ? pattern.pieces[0].length : 0;
}

/* How many states the forms of all tables need at most. */
static size_t most_states(void)
{
	size_t most = 1;

	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++) {
			const char *const *forms = log_tables[i]->rows[k].forms;
			for (size_t f = 0; f < LOG_MOST_FORMS && forms[f]; f++)
				most += anchor_length(forms[f]);
		}
	}
	return most;
}

/* Returns the state of the text that a form begins with, made where there is none. */
static struct state *walk(struct log_matcher *matcher, const struct log_piece *anchor)
{
	size_t at = 0;

	for (size_t i = 0; i < anchor->length; i++) {
		uint16_t *next = &matcher->states[at].next[(unsigned char)anchor->text[i]];
		if (!*next)
			*next = (uint16_t)matcher->count++;
		at = *next;
	}
	return &matcher->states[at];
}

static bool add_form(struct log_matcher *matcher, struct arena *arena,
		     const struct log_message *message, const char *form)
{
	struct entry *entry = arena_alloc(arena, sizeof(*entry));

	if (!entry || !log_pattern_parse(form, &entry->pattern))
		return false;
	entry->message = message;
	entry->form = form;
	struct entry **end = &walk(matcher, &entry->pattern.pieces[0])->entries;
	while (*end)
		end = &(*end)->next;
	*end = entry;
	return true;
}

static bool add_forms(struct log_matcher *matcher, struct arena *arena)
{
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++) {
			const struct log_message *message = &log_tables[i]->rows[k];
			for (size_t f = 0; f < LOG_MOST_FORMS && message->forms[f]; f++) {
				if (!add_form(matcher, arena, message, message->forms[f]))
					return false;
			}
		}
	}
	return true;
}

/* Fills in where a state goes on for the bytes that its own text has no room for. */
static void complete(struct log_matcher *matcher, uint16_t index, uint16_t *queue, size_t *end)
{
	struct state *state = &matcher->states[index];
	const struct state *fallback = &matcher->states[state->fallback];

	for (size_t byte = 0; byte < BYTES; byte++) {
		uint16_t next = state->next[byte];
		if (!next) {
			state->next[byte] = index ? fallback->next[byte] : 0;
			continue;
		}
		struct state *child = &matcher->states[next];
		child->fallback = index ? fallback->next[byte] : 0;
		const struct state *shorter = &matcher->states[child->fallback];
		child->shorter = shorter->entries ? child->fallback : shorter->shorter;
		queue[(*end)++] = next;
	}
}

/* Breadth first: what a state falls back to is shorter than it, and complete. */
static bool complete_all(struct log_matcher *matcher, struct arena *arena)
{
	uint16_t *queue = arena_array(arena, matcher->count, sizeof(*queue));
	size_t end = 1;

	if (!queue)
		return false;
	for (size_t i = 0; i < end; i++)
		complete(matcher, queue[i], queue, &end);
	return true;
}

struct log_matcher *log_matcher_new(struct arena *arena)
{
	struct log_matcher *matcher = arena_alloc(arena, sizeof(*matcher));
	size_t most = most_states();

	if (!matcher || most > MOST_STATES)
		return NULL;
	matcher->states = arena_array(arena, most, sizeof(*matcher->states));
	matcher->count = 1;
	if (!matcher->states || !add_forms(matcher, arena) || !complete_all(matcher, arena))
		return NULL;
	return matcher;
}

/* A row of certain errors does not fit a line that tells another error, or no error. */
static bool has_error(const struct log_message *message, int error)
{
	for (size_t i = 0; i < LOG_MOST_ERRORS && message->errors[i]; i++) {
		if (message->errors[i] == error)
			return true;
	}
	return !message->errors[0];
}

/* Finds the first of entries whose form goes on at start. */
static bool try_entries(const struct entry *entry, const char *text, size_t end, size_t length,
			struct log_match *ret)
{
	for (; entry; entry = entry->next) {
		size_t start = end - entry->pattern.pieces[0].length;
		size_t size = log_pattern_match(&entry->pattern, text + start, length - start,
						&ret->values);
		if (!size || !has_error(entry->message, ret->values.error))
			continue;
		ret->message = entry->message;
		ret->form = entry->form;
		ret->start = start;
		ret->length = size;
		return true;
	}
	return false;
}

void log_matcher_run(const struct log_matcher *matcher, const char *text, size_t own, size_t length,
		     void (*found)(void *context, const struct log_match *match), void *context)
{
	const struct state *states = matcher->states;
	struct log_match match;
	uint16_t at = 0;

	for (size_t i = 0; i < length; i++) {
		at = states[at].next[(unsigned char)text[i]];
		if (i >= own && !at)
			return; /* nothing that began in text's own bytes goes on */
		for (uint16_t hit = states[at].entries ? at : states[at].shorter; hit;
		     hit = states[hit].shorter) {
			if (try_entries(states[hit].entries, text, i + 1, length, &match) &&
			    match.start < own)
				found(context, &match);
		}
	}
}

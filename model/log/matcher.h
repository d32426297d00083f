/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_MATCHER_H
#define PASSCHECK_MODEL_LOG_MATCHER_H

#include "model/log/message.h"
#include "model/log/pattern.h"

/*
 * Finds every message of the tables in a text, in one pass: an automaton of Aho and Corasick over
 * the text that each form begins with, then the rest of the form.
 */
struct log_matcher;

/* A message that stands in a text. */
struct log_match {
	const struct log_message *message;
	const char *form;
	size_t start;
	size_t length;
	struct log_values values;
};

/* Builds the automaton, in memory of arena. Returns NULL where memory is short. */
struct log_matcher *log_matcher_new(struct arena *arena);

/*
 * Calls found() for each message that begins in the first own bytes of text; it may end in the
 * others. Where several begin alike, the first of the tables that fits is the one.
 */
void log_matcher_run(const struct log_matcher *matcher, const char *text, size_t own, size_t length,
		     void (*found)(void *context, const struct log_match *match), void *context);

#endif

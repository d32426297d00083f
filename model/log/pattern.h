/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_PATTERN_H
#define PASSCHECK_MODEL_LOG_PATTERN_H

#include "host/base/arena.h"
#include "host/pci/pci_address.h"

/*
 * A form of a message: text, with fields in braces. It begins with text, at least LOG_LEAST_ANCHOR
 * bytes of it.
 *
 *   {n} a decimal number        {x} a number in hex, with or without 0x
 *   {g} a group's number        {f} a function: DDDD:BB:DD.F or BB:DD.F
 *   {i} ids: VVVV:DDDD          {e} an error: its text, its name, or its number
 *   {s} a power state           {*} anything, at most LOG_MOST_SKIPPED bytes of it
 *
 * What stands in a field is read as a value. A text that is shown is made of the form and the
 * values, so nothing else of a log reaches a report.
 */
enum {
	LOG_LEAST_ANCHOR = 4,
	LOG_MOST_SKIPPED = 256,
	LOG_MOST_VALUES = 8,
	LOG_MOST_PIECES = 20,
};

enum log_piece_kind {
	LOG_LITERAL,
	LOG_NUMBER,
	LOG_HEX,
	LOG_GROUP_NUMBER,
	LOG_FUNCTION,
	LOG_FUNCTION_IDS,
	LOG_ERROR,
	LOG_POWER_STATE,
	LOG_ANYTHING,
	LOG_PIECE_KIND_COUNT,
};

struct log_piece {
	enum log_piece_kind kind;
	const char *text; /* of a literal */
	size_t length;
};

/* A form in pieces. */
struct log_pattern {
	struct log_piece pieces[LOG_MOST_PIECES];
	size_t count;
};

/* What stood in the fields. */
struct log_values {
	bool has_function;
	bool has_group;
	struct pci_address function;
	uint64_t group;
	int error; /* positive errno; 0: none was told */
	uint16_t vendor, device;
	bool has_ids;
	uint64_t numbers[LOG_MOST_VALUES]; /* of {n}, {x} and {s}, in their order */
	size_t count;
};

/* Takes a form apart. Returns false where it is no form. */
bool log_pattern_parse(const char *form, struct log_pattern *ret);

/*
 * Reads the values of a text, at whose beginning the first literal stands. Returns the length of
 * the match, or 0.
 */
size_t log_pattern_match(const struct log_pattern *pattern, const char *text, size_t length,
			 struct log_values *ret);

/* Returns the text of a form with its values, led by the function where the form does not name it.
 * One that ends in a blank goes on with something else: "...". */
const char *log_pattern_text(struct arena *arena, const char *form,
			     const struct log_values *values);

/* Finds the last address in text. Returns where it ends, or 0. */
size_t log_last_function(const char *text, size_t length, struct pci_address *ret);

/* Reads "VVVV:DDDD" at the beginning of text. Returns 9, or 0. */
size_t log_read_ids(const char *text, size_t length, uint16_t *ret_vendor, uint16_t *ret_device);

#endif

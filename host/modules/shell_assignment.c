/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules/shell_assignment.h"

#include <ctype.h>
#include <string.h>

#include "host/base/buffer.h"

/* A text on its way through bash. */
struct reader {
	const char *at, *end;
	struct buffer value;
};

static bool ends_word(char letter)
{
	return isspace((unsigned char)letter) || strchr(";&|<>()", letter);
}

static void take(struct reader *reader)
{
	buffer_add(&reader->value, reader->at++, 1);
}

static bool read_single_quoted(struct reader *reader)
{
	const char *begin = reader->at + 1;
	const char *quote = memchr(begin, '\'', (size_t)(reader->end - begin));

	if (!quote)
		return false;
	buffer_add(&reader->value, begin, (size_t)(quote - begin));
	reader->at = quote + 1;
	return true;
}

/* Takes what a backslash stands before; one before a newline takes that away. */
static void read_escaped(struct reader *reader)
{
	if (++reader->at == reader->end)
		return;
	if (*reader->at == '\n')
		reader->at++;
	else
		take(reader);
}

static bool read_double_quoted(struct reader *reader)
{
	for (reader->at++; reader->at < reader->end && *reader->at != '"';) {
		bool escapes = *reader->at == '\\' && reader->at + 1 < reader->end &&
			       strchr("\"\\$`\n", reader->at[1]);
		if (escapes)
			read_escaped(reader);
		else
			take(reader);
	}
	if (reader->at == reader->end)
		return false;
	reader->at++;
	return true;
}

/* Appends the word at the reader to its value. Returns false where a quote does not end. */
static bool read_word(struct reader *reader)
{
	bool sound = true;

	while (sound && reader->at < reader->end && !ends_word(*reader->at)) {
		if (*reader->at == '\'')
			sound = read_single_quoted(reader);
		else if (*reader->at == '"')
			sound = read_double_quoted(reader);
		else if (*reader->at == '\\')
			read_escaped(reader);
		else
			take(reader);
	}
	return sound;
}

static void skip_line(struct reader *reader)
{
	const char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

	reader->at = newline ? newline : reader->end;
}

/* Returns false where the parenthesis does not end. */
static bool read_array(struct reader *reader)
{
	for (reader->at++; reader->at < reader->end && *reader->at != ')';) {
		if (*reader->at == '#') {
			skip_line(reader);
		} else if (ends_word(*reader->at)) {
			reader->at++;
		} else {
			buffer_add(&reader->value, " ", 1);
			if (!read_word(reader))
				return false;
		}
	}
	if (reader->at == reader->end)
		return false;
	reader->at++;
	return true;
}

static void skip_space(struct reader *reader)
{
	while (reader->at < reader->end && isspace((unsigned char)*reader->at))
		reader->at++;
}

/* Takes "NAME=" or "NAME+=". Returns false, and stays, where something else is there. */
static bool read_name(struct reader *reader, struct shell_assignment *ret)
{
	const char *at = reader->at;

	while (at < reader->end && (isalnum((unsigned char)*at) || *at == '_'))
		at++;
	size_t length = (size_t)(at - reader->at);
	ret->name = (struct fact_line){.text = reader->at, .length = length, .size = length};
	ret->appends = at < reader->end && *at == '+';
	at += ret->appends;
	if (!length || at == reader->end || *at != '=')
		return false;
	reader->at = at + 1;
	return true;
}

bool shell_assignment_next(const struct fact_text *text, struct arena *arena, size_t *offset,
			   struct shell_assignment *ret)
{
	struct reader reader = {.value.arena = arena};

	if (!fact_known(&text->fact))
		return false;
	reader.at = text->text + *offset;
	reader.end = text->text + text->length;
	for (skip_space(&reader); !read_name(&reader, ret); skip_space(&reader)) {
		skip_line(&reader);
		if (reader.at == reader.end) {
			*offset = text->length;
			return false;
		}
	}
	ret->is_array = reader.at < reader.end && *reader.at == '(';
	bool sound = ret->is_array ? read_array(&reader) : read_word(&reader);
	ret->value = buffer_text(&reader.value);
	ret->begin = (size_t)(ret->name.text - text->text);
	ret->end = (size_t)(reader.at - text->text);
	skip_line(&reader);
	*offset = sound ? (size_t)(reader.at - text->text) : text->length;
	return sound;
}

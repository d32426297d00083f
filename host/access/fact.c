/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/fact.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/arena.h"
#include "host/base/array.h"

struct fact fact_of(enum fact_state state, const char *source, int error)
{
	return (struct fact){.state = state, .error = error, .source = source};
}

void fact_text_copy(struct fact_text *text, struct arena *arena, const char *bytes, size_t length)
{
	text->text = arena_copy(arena, bytes, length);
	text->length = length;
	if (!arena_failed(arena))
		return;
	text->fact.state = FACT_UNREADABLE;
	text->fact.error = ENOMEM;
	text->text = NULL;
	text->length = 0;
}

bool fact_next_line(const struct fact_text *text, size_t *offset, struct fact_line *ret)
{
	if (*offset >= text->length)
		return false;
	const char *line = text->text + *offset;
	size_t rest = text->length - *offset;
	const char *newline = memchr(line, '\n', rest);
	size_t length = newline ? (size_t)(newline - line) : rest;

	*ret = (struct fact_line){line, length, length + (newline != NULL)};
	*offset += ret->size;
	return true;
}

struct fact_line fact_line_trim(const char *text, size_t length)
{
	while (length && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return (struct fact_line){.text = text, .length = length};
}

const char *fact_state_name(enum fact_state state)
{
	switch (state) {
	case FACT_NOT_CAPTURED:
		return "not-captured";
	case FACT_KNOWN:
		return "known";
	case FACT_ABSENT:
		return "absent";
	case FACT_UNREADABLE:
		return "unreadable";
	case FACT_MALFORMED:
		return "malformed";
	}
	return "not-captured";
}

const char *const *fact_list_find(const struct fact_list *list, const char *name)
{
	return list->count ? bsearch(&name, list->names, list->count, sizeof(name), compare_strings)
			   : NULL;
}

/* Returns whether only white space follows what was parsed of text, up to end. */
static bool is_whole(const char *text, const char *end, size_t length)
{
	if (end == text)
		return false;
	while (isspace((unsigned char)*end))
		end++;
	return (size_t)(end - text) == length;
}

static int64_t parse_decimal(const char *text, char **end)
{
	return strtoll(text, end, 10);
}

/* Registers use all 64 bits, and have no sign. */
static int64_t parse_bits(const char *text, char **end)
{
	if (strpbrk(text, "+-"))
		errno = EINVAL;
	return (int64_t)strtoull(text, end, 16);
}

static struct fact_number parse(const struct fact_text *text,
				int64_t (*convert)(const char *text, char **end))
{
	struct fact_number number = {.fact = text->fact};
	char *end;

	if (!fact_known(&text->fact))
		return number;
	errno = 0;
	number.value = convert(text->text, &end);
	if (errno || !is_whole(text->text, end, text->length)) {
		number.fact.state = FACT_MALFORMED;
		number.value = 0;
	}
	return number;
}

struct fact_number fact_parse_number(const struct fact_text *text)
{
	bool hex = fact_known(&text->fact) && strncasecmp(text->text, "0x", 2) == 0;

	return parse(text, hex ? parse_bits : parse_decimal);
}

struct fact_number fact_parse_hex(const struct fact_text *text)
{
	return parse(text, parse_bits);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/cmdline.h"

#include <ctype.h>
#include <string.h>

enum { LIMIT_CMDLINE = 64 * 1024 }; /* COMMAND_LINE_SIZE is 4 KiB at most */

/* One argument as it lies in the line: [start, end), its "=" at equals or NULL. */
struct argument {
	char *start;
	char *end;
	char *equals;
};

/*
 * Finds the argument at text, as next_arg() of lib/cmdline.c does: white space within double quotes
 * does not end it, and the first "=" splits it. Returns what follows.
 */
static char *next_argument(char *text, struct argument *ret)
{
	bool quoted = false;
	char *c = text;

	*ret = (struct argument){.start = text};
	for (; *c; c++) {
		if (isspace((unsigned char)*c) && !quoted)
			break;
		if (*c == '=' && !ret->equals)
			ret->equals = c;
		if (*c == '"')
			quoted = !quoted;
	}
	ret->end = c;
	return c;
}

/* Takes off the quotes that wrap the whole argument, or its value; others stay. */
static struct cmdline_parameter split(struct arena *arena, struct argument argument)
{
	bool wrapped = *argument.start == '"';

	if (wrapped)
		argument.start++;
	if (wrapped && argument.end > argument.start && argument.end[-1] == '"')
		argument.end--;
	if (!argument.equals || argument.equals < argument.start)
		return (struct cmdline_parameter){
			.name = arena_copy(arena, argument.start,
					   (size_t)(argument.end - argument.start))};

	char *value = argument.equals + 1;
	if (value < argument.end && *value == '"') {
		value++;
		if (argument.end > value && argument.end[-1] == '"')
			argument.end--;
	}
	return (struct cmdline_parameter){
		.name = arena_copy(arena, argument.start,
				   (size_t)(argument.equals - argument.start)),
		.value = arena_copy(arena, value,
				    argument.end > value ? (size_t)(argument.end - value) : 0),
	};
}

void cmdline_parse(struct arena *arena, const struct fact_text *text, struct cmdline *ret)
{
	size_t capacity = 0;

	*ret = (struct cmdline){.fact = text->fact};
	if (!fact_known(&text->fact))
		return;
	for (char *c = arena_copy(arena, text->text, text->length);;) {
		struct argument argument;

		while (isspace((unsigned char)*c))
			c++;
		if (!*c)
			return;
		c = next_argument(c, &argument);
		if (argument.end - argument.start == 2 && strncmp(argument.start, "--", 2) == 0)
			return;
		struct cmdline_parameter *parameters = arena_grow(
			arena, ret->parameters, ret->count, &capacity, sizeof(*parameters));
		if (!parameters)
			return;
		ret->parameters = parameters;
		parameters[ret->count++] = split(arena, argument);
	}
}

void cmdline_load(struct root *root, struct arena *arena, struct cmdline *ret)
{
	struct fact_text text = root_read(root, arena, "/proc/cmdline", LIMIT_CMDLINE);

	cmdline_parse(arena, &text, ret);
}

static char dash_to_underscore(char c)
{
	return c == '-' ? '_' : c;
}

bool cmdline_same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if (dash_to_underscore(*a) != dash_to_underscore(*b))
			return false;
	}
	return *a == *b;
}

const struct cmdline_parameter *cmdline_find(const struct cmdline *cmdline, const char *name)
{
	for (size_t i = cmdline->count; i > 0; i--) {
		if (cmdline_same_name(cmdline->parameters[i - 1].name, name))
			return &cmdline->parameters[i - 1];
	}
	return NULL;
}

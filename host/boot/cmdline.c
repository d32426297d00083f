/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/cmdline.h"

#include <string.h>

#include "host/base/buffer.h"

/* isspace() of the kernel, which counts Latin-1's no-break space too (lib/ctype.c). */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (unsigned char)c == 0xa0;
}

static char *skip_spaces(char *text)
{
	while (is_space(*text))
		text++;
	return text;
}

/* Takes off a double quote at the end of [start, end). Returns whether there was one. */
static bool take_quote(const char *start, char *end)
{
	if (end == start || end[-1] != '"')
		return false;
	end[-1] = '\0';
	return true;
}

char *cmdline_take_argument(char *text, struct cmdline_parameter *ret)
{
	bool wrapped = *text == '"', quoted = wrapped, had_quotes = wrapped;
	char *start = text + wrapped, *equals = NULL, *end;

	for (end = start; *end && (quoted || !is_space(*end)); end++) {
		if (*end == '=' && !equals && end > start)
			equals = end;
		if (*end != '"')
			continue;
		quoted = !quoted;
		had_quotes = true;
	}
	char *next = *end ? end + 1 : end;
	*end = '\0';
	*ret = (struct cmdline_parameter){.name = start, .had_quotes = had_quotes};
	if (equals) {
		*equals = '\0';
		ret->value = equals + 1;
	}
	bool value_quoted = equals && equals[1] == '"';
	if (value_quoted)
		ret->value++;
	if (!(value_quoted && take_quote(start, end)) && wrapped)
		take_quote(start, end);
	return skip_spaces(next);
}

static bool ends_parameters(const struct cmdline_parameter *parameter)
{
	return !parameter->value && strcmp(parameter->name, "--") == 0;
}

void cmdline_parse(struct arena *arena, const struct fact_text *text, struct cmdline *ret)
{
	size_t capacity = 0;

	*ret = (struct cmdline){.fact = text->fact};
	if (!fact_known(&text->fact))
		return;
	if (text->length == 0 || memchr(text->text, '\0', text->length)) {
		ret->fact.state = FACT_MALFORMED;
		return;
	}
	ret->cut_short = text->text[text->length - 1] != '\n';
	for (char *rest = skip_spaces(arena_copy(arena, text->text, text->length)); *rest;) {
		struct cmdline_parameter parameter;

		rest = cmdline_take_argument(rest, &parameter);
		ret->has_rest = ends_parameters(&parameter);
		if (ret->has_rest)
			return;
		struct cmdline_parameter *parameters = arena_grow(
			arena, ret->parameters, ret->count, &capacity, sizeof(*parameters));
		if (!parameters)
			return;
		ret->parameters = parameters;
		parameters[ret->count++] = parameter;
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

const char *cmdline_spell(struct arena *arena, const struct cmdline_parameter *parameter)
{
	const char *value = parameter->value;

	if (!value)
		return parameter->name;
	return arena_printf(arena, strchr(value, ' ') ? "%s=\"%s\"" : "%s=%s", parameter->name,
			    value);
}

bool cmdline_same_parameter(const struct cmdline_parameter *a, const struct cmdline_parameter *b)
{
	return cmdline_same_name(a->name, b->name) &&
	       strcmp(a->value ? a->value : "", b->value ? b->value : "") == 0;
}

bool cmdline_is_first(const struct cmdline *cmdline, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (cmdline_same_parameter(&cmdline->parameters[i], &cmdline->parameters[index]))
			return false;
	}
	return true;
}

bool cmdline_has_parameter(const struct cmdline *cmdline, const struct cmdline_parameter *parameter)
{
	for (size_t i = 0; i < cmdline->count; i++) {
		if (cmdline_same_parameter(&cmdline->parameters[i], parameter))
			return true;
	}
	return false;
}

bool cmdline_has_word(struct arena *arena, const struct cmdline *cmdline, const char *word)
{
	for (size_t i = 0; i < cmdline->count; i++) {
		if (strcmp(cmdline_spell(arena, &cmdline->parameters[i]), word) == 0)
			return true;
	}
	return false;
}

const struct cmdline_parameter *cmdline_find(const struct cmdline *cmdline, const char *name)
{
	for (size_t i = cmdline->count; i > 0; i--) {
		if (cmdline_same_name(cmdline->parameters[i - 1].name, name))
			return &cmdline->parameters[i - 1];
	}
	return NULL;
}

bool cmdline_list_has(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (*list) {
		size_t size = strcspn(list, ",");
		if (size == length && memcmp(list, word, length) == 0)
			return true;
		list += size + (list[size] == ',');
	}
	return false;
}

const char *cmdline_list_without(struct arena *arena, const char *list, const char *word)
{
	struct buffer rest = {.arena = arena, .separator = ","};
	char *save = NULL;

	for (char *item = strtok_r(arena_copy(arena, list, strlen(list)), ",", &save); item;
	     item = strtok_r(NULL, ",", &save)) {
		if (strcmp(item, word) != 0)
			buffer_item(&rest, "%s", item);
	}
	return buffer_text(&rest);
}

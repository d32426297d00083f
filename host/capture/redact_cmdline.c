/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture/redact_cmdline.h"

#include <ctype.h>
#include <string.h>

#include "host/boot/cmdline.h"

#define REDACTED "redacted"
#define COMMAND  "$(" REDACTED ")"

/* Characters of parameters' names, with the brackets of "ivrs_ioapic[00:14.0]". */
static bool is_plain(const char *name)
{
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && !strchr("_-.:[]", *name))
			return false;
	}
	return true;
}

/* "$kernelopts" or "${kernelopts}", and nothing else. */
static bool is_variable(const char *word)
{
	if (*word != '$')
		return false;
	bool braces = word[1] == '{';
	const char *name = word + 1 + braces, *end = name;

	while (isalnum((unsigned char)*end) || *end == '_')
		end++;
	return end > name && strcmp(end, braces ? "}" : "") == 0;
}

/* Adds the names of variables that stand in what is left out, as they stand for other words. */
static void add_variables(const char *text, struct buffer *kept)
{
	for (const char *dollar = strpbrk(text, "$`"); dollar; dollar = strpbrk(dollar + 1, "$`")) {
		const char *name = dollar + 1 + (dollar[1] == '{');
		size_t length = 0;

		while (isalnum((unsigned char)name[length]) || name[length] == '_')
			length++;
		if (*dollar == '`' || dollar[1] == '(') {
			buffer_add(kept, COMMAND, strlen(COMMAND));
		} else if (length) {
			buffer_add(kept, "$", 1);
			buffer_add(kept, name, length);
		}
	}
}

/* Single quotes and backslashes mean nothing to the kernel, but people write them around blanks:
 * what follows one is then the rest of a value, and no name. */
struct value_state {
	bool quoted;
	bool escaped;
};

static void pass_over(const char *text, struct value_state *state)
{
	for (; *text; text++) {
		state->quoted ^= *text == '\'';
		state->escaped = *text == '\\';
	}
}

static void leave_out(const char *text, const struct kept_words *words, struct buffer *kept)
{
	buffer_add(kept, REDACTED, strlen(REDACTED));
	if (words->expands)
		add_variables(text, kept);
}

static void add_word(const char *word, const struct kept_words *words, struct buffer *kept)
{
	bool known = is_plain(word) && (words->keeps_parameter(word) || words->keeps_name(word));

	if (known || (words->expands && is_variable(word))) {
		buffer_item(kept, "%s", word);
		return;
	}
	buffer_item(kept, "%s", "");
	leave_out(word, words, kept);
}

static void add_value(const struct cmdline_parameter *parameter, struct buffer *kept)
{
	size_t length = strcspn(parameter->value, " \t\n\v\f\r\"'\\\xa0");

	if (parameter->value[length])
		buffer_item(kept, "\"%s=%.*s " REDACTED "\"", parameter->name, (int)length,
			    parameter->value);
	else
		buffer_item(kept, "%s=%s", parameter->name, parameter->value);
}

static void add_parameter(const struct cmdline_parameter *parameter, bool within,
			  const struct kept_words *words, struct buffer *kept)
{
	bool plain = is_plain(parameter->name);

	if (!parameter->value) {
		add_word(parameter->name, words, kept);
		return;
	}
	if (plain && words->keeps_parameter(parameter->name)) {
		add_value(parameter, kept);
		return;
	}
	bool names = plain && (!within || words->keeps_name(parameter->name));
	buffer_item(kept, "%s%s", names ? parameter->name : "", names ? "=" : "");
	leave_out(parameter->value, words, kept);
}

void redact_cmdline(const struct fact_text *text, const struct kept_words *words,
		    struct buffer *kept)
{
	struct cmdline cmdline = {0};
	struct value_state state = {0};

	cmdline_parse(kept->arena, text, &cmdline);
	if (!fact_known(&cmdline.fact))
		return;
	for (size_t i = 0; i < cmdline.count; i++) {
		const struct cmdline_parameter *parameter = &cmdline.parameters[i];

		add_parameter(parameter, state.quoted || state.escaped, words, kept);
		pass_over(parameter->name, &state);
		if (parameter->value)
			pass_over(*parameter->value ? parameter->value : "=", &state);
	}
}

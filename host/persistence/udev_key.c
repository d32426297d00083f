/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/udev_key.h"

#include <ctype.h>
#include <fnmatch.h>

#include "host/base/array.h"
#include "host/base/buffer.h"

enum { LONGEST_RULE = 16384 }; /* UDEV_LINE_SIZE */

static bool is_blank(char byte)
{
	return isspace((unsigned char)byte) || !byte;
}

static size_t skip_blanks(const struct fact_line *rule, size_t at)
{
	while (at < rule->length && is_blank(rule->text[at]))
		at++;
	return at;
}

static char byte_at(const struct fact_line *rule, size_t at)
{
	return at < rule->length ? rule->text[at] : '\0';
}

static struct fact_line part_of(const struct fact_line *rule, size_t begin, size_t end)
{
	return (struct fact_line){.text = rule->text + begin, .length = end - begin};
}

/* Returns where the name that begins there ends. */
static size_t end_of_name(const struct fact_line *rule, size_t at)
{
	while (at < rule->length && !is_blank(rule->text[at]) && !strchr("={", rule->text[at]) &&
	       !(strchr("+-!:", rule->text[at]) && byte_at(rule, at + 1) == '='))
		at++;
	return at;
}

static bool take_attribute(const struct fact_line *rule, size_t *at, struct udev_key *ret)
{
	if (byte_at(rule, *at) != '{')
		return true;
	const char *begin = rule->text + *at + 1;
	const char *end = memchr(begin, '}', rule->length - *at - 1);
	if (!end)
		return false;
	ret->attribute = (struct fact_line){.text = begin, .length = (size_t)(end - begin)};
	*at = (size_t)(end + 1 - rule->text);
	return true;
}

static bool take_operator(const struct fact_line *rule, size_t *at, struct udev_key *ret)
{
	char sign = byte_at(rule, *at);
	bool has_sign = sign && strchr("=!+-:", sign) && byte_at(rule, *at + 1) == '=';

	if (!has_sign && sign != '=')
		return false;
	ret->op = UDEV_SETS;
	if (has_sign && sign == '=')
		ret->op = UDEV_IS;
	else if (has_sign && sign == '!')
		ret->op = UDEV_IS_NOT;
	else if (has_sign && sign == '-')
		ret->op = UDEV_TAKES;
	*at += has_sign ? 2 : 1;
	return true;
}

/* In a plain value a backslash escapes a quote alone. */
static bool take_value(const struct fact_line *rule, size_t *at, struct udev_key *ret)
{
	bool escaped = false;

	while (byte_at(rule, *at) == 'e' || byte_at(rule, *at) == 'i') {
		escaped |= rule->text[*at] == 'e';
		ret->prefixed = true;
		++*at;
	}
	if (byte_at(rule, *at) != '"')
		return false;
	size_t begin = ++*at;
	while (*at < rule->length && rule->text[*at] != '"')
		*at += rule->text[*at] == '\\' && (escaped || byte_at(rule, *at + 1) == '"') ? 2
											     : 1;
	if (*at >= rule->length)
		return false;
	ret->value = part_of(rule, begin, *at);
	++*at;
	return true;
}

bool udev_key_next(const struct fact_line *rule, size_t *offset, struct udev_key *ret)
{
	size_t begin = *offset;

	*ret = (struct udev_key){.prefixed = false};
	while (begin < rule->length && (is_blank(rule->text[begin]) || rule->text[begin] == ','))
		begin++;
	*offset = begin;
	if (begin == rule->length)
		return false;
	size_t at = end_of_name(rule, begin);
	ret->name = part_of(rule, begin, at);
	if (!take_attribute(rule, &at, ret))
		return false;
	at = skip_blanks(rule, at);
	if (!take_operator(rule, &at, ret))
		return false;
	at = skip_blanks(rule, at);
	if (!take_value(rule, &at, ret))
		return false;
	*offset = at;
	return true;
}

bool udev_key_is(const struct udev_key *key, const char *name)
{
	return key->name.length == strlen(name) &&
	       memcmp(key->name.text, name, key->name.length) == 0;
}

static bool pattern_fits(struct arena *arena, const char *pattern, size_t length, const char *text)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr("*?[\\", pattern[i]))
			return fnmatch(arena_copy(arena, pattern, length), text, 0) == 0;
	}
	return strlen(text) == length && memcmp(pattern, text, length) == 0;
}

bool udev_value_fits(struct arena *arena, const struct fact_line *value, const char *text)
{
	for (size_t begin = 0, end; begin <= value->length; begin = end + 1) {
		const char *bar = memchr(value->text + begin, '|', value->length - begin);
		end = bar ? (size_t)(bar - value->text) : value->length;
		if (pattern_fits(arena, value->text + begin, end - begin, text))
			return true;
	}
	return false;
}

struct fact_line udev_rule_value(const struct fact_line *rule, const char *name,
				 enum udev_operator op)
{
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		if (key.op == op && udev_key_is(&key, name))
			return key.value;
	}
	return (struct fact_line){.text = NULL};
}

enum {
	COMPARES = 1 << UDEV_IS | 1 << UDEV_IS_NOT,
	SETS = 1 << UDEV_SETS,
	TAKES = 1 << UDEV_TAKES,
};

/* Which operators keys take: parse_token() of systemd's src/udev/udev-rules.c (257). */
static const struct {
	const char *name;
	unsigned operators;
} keys[] = {
	{"ACTION", COMPARES},
	{"ATTR", COMPARES | SETS},
	{"ATTRS", COMPARES},
	{"CONST", COMPARES},
	{"DEVPATH", COMPARES},
	{"DRIVER", COMPARES},
	{"DRIVERS", COMPARES},
	{"ENV", COMPARES | SETS},
	{"GOTO", SETS},
	{"GROUP", SETS},
	{"IMPORT", COMPARES | SETS},
	{"KERNEL", COMPARES},
	{"KERNELS", COMPARES},
	{"LABEL", SETS},
	{"MODE", SETS},
	{"NAME", COMPARES | SETS},
	{"OPTIONS", SETS},
	{"OWNER", SETS},
	{"PROGRAM", COMPARES | SETS},
	{"RESULT", COMPARES},
	{"RUN", SETS},
	{"SECLABEL", SETS},
	{"SUBSYSTEM", COMPARES},
	{"SUBSYSTEMS", COMPARES},
	{"SYMLINK", COMPARES | SETS | TAKES},
	{"SYSCTL", COMPARES | SETS},
	{"TAG", COMPARES | SETS | TAKES},
	{"TAGS", COMPARES},
	{"TEST", COMPARES},
};

static bool takes_operator(const struct udev_key *key)
{
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (udev_key_is(key, keys[i].name))
			return keys[i].operators & 1U << key->op;
	}
	return true;
}

struct fact_line udev_rule_refused_key(const struct fact_line *rule)
{
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		if (!takes_operator(&key))
			return key.name;
	}
	return (struct fact_line){.text = NULL};
}

bool udev_rule_is_ignored(const struct fact_line *rule)
{
	return udev_rule_refused_key(rule).text;
}

/* Takes the next line, without the white space in front, that is no comment. */
static bool next_line(struct udev_lines *lines, struct fact_line *ret)
{
	while (fact_next_line(lines->text, &lines->offset, ret)) {
		size_t blanks = skip_blanks(ret, 0);
		*ret = part_of(ret, blanks, ret->length);
		if (byte_at(ret, 0) != '#')
			return true;
	}
	return false;
}

static bool goes_on(const struct fact_line *line)
{
	return line->length && line->text[line->length - 1] == '\\';
}

/* Takes the lines behind the first of a rule. Returns false where they do not end. */
static bool join(struct udev_lines *lines, struct arena *arena, struct fact_line *line)
{
	struct buffer joined = {.arena = arena};
	struct fact_line next = *line;

	do {
		size_t size = next.length - goes_on(&next);
		if (joined.length <= LONGEST_RULE)
			buffer_add(&joined, next.text, size);
		if (!goes_on(&next)) {
			*line = (struct fact_line){.text = buffer_text(&joined),
						   .length = joined.length};
			return true;
		}
	} while (next_line(lines, &next));
	return false;
}

bool udev_lines_next(struct udev_lines *lines, struct arena *arena, struct fact_line *ret,
		     bool *ret_joined)
{
	while (next_line(lines, ret)) {
		*ret_joined = goes_on(ret);
		if (*ret_joined && !join(lines, arena, ret))
			return false;
		if (ret->text && ret->length < LONGEST_RULE)
			return true;
	}
	return false;
}

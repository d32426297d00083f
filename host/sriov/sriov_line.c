/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/sriov_line.h"

#include <ctype.h>
#include <string.h>

#include "host/base/array.h"
#include "host/sriov/sriov_command.h"
#include "host/sriov/sriov_token.h"
#include "host/sriov/sriov_word.h"

/* Returns whether the word stands in the line; of a list of modules, in front. */
static bool has_word(const struct sriov_place *place, const struct sriov_word *word,
		     const char *line, size_t length)
{
	size_t size = strlen(word->text);

	if (!place->modules || !word->placed)
		return memmem(line, length, word->text, size);
	return length >= size && memcmp(line, word->text, size) == 0 &&
	       (length == size || isspace((unsigned char)line[size]));
}

static const struct sriov_word *find_word(const struct sriov_place *place, const char *line,
					  size_t length)
{
	size_t count;
	const struct sriov_word *words = sriov_words(&count);

	for (size_t i = 0; i < count; i++) {
		const struct sriov_word *word = &words[i];
		if (sriov_word_counts(place, word) && has_word(place, word, line, length))
			return word;
	}
	return NULL;
}

static bool begins(const char *line, size_t length, const char *text)
{
	size_t size = strlen(text);

	return length >= size && memcmp(line, text, size) == 0;
}

static void take_space(const char **line, size_t *length)
{
	while (*length && (isspace((unsigned char)**line) || **line == '\0')) {
		(*line)++;
		(*length)--;
	}
}

/* Lines of units that are for a reader. */
static bool is_prose(const char *line, size_t length)
{
	static const char *const keys[] = {"Description=", "Documentation="};

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (begins(line, length, keys[i]))
			return true;
	}
	return false;
}

/* A key, or a word, that a line of that syntax begins with, whose command does not run at boot. */
struct later_word {
	enum sriov_syntax syntax;
	const char *text;
};

/* systemd.service(5), interfaces(5). Of what units run, captures have the keys for the start alone:
 * sriov_redact.c. */
static const struct later_word later_words[] = {
	{SRIOV_SYNTAX_UNIT, "ExecStop"},         {SRIOV_SYNTAX_UNIT, "ExecReload"},
	{SRIOV_SYNTAX_UNIT, SRIOV_REDACTED "="}, {SRIOV_SYNTAX_INTERFACES, "down"},
	{SRIOV_SYNTAX_INTERFACES, "pre-down"},   {SRIOV_SYNTAX_INTERFACES, "post-down"},
};

bool sriov_line_is_for_later(const struct sriov_place *place, const char *line, size_t length)
{
	take_space(&line, &length);
	for (size_t i = 0; i < ARRAY_LENGTH(later_words); i++) {
		if (later_words[i].syntax == place->syntax &&
		    begins(line, length, later_words[i].text))
			return true;
	}
	return false;
}

/* Returns whether a line of crontab(5) runs at a time of its own. */
static bool is_for_a_time(const struct sriov_place *place, const char *line, size_t length)
{
	return place->owner == SRIOV_OWNER_CRON && !begins(line, length, "@reboot");
}

/* The operator leaves to others how many VFs there are. */
static bool is_left_to_others(const struct sriov_place *place, const char *line, size_t length)
{
	static const char key[] = "\"externallyManaged\":true";
	const char *at = line, *end = line + length;

	if (place->owner != SRIOV_OWNER_OPERATOR)
		return false;
	while ((at = memmem(at, (size_t)(end - at), key, strlen(key)))) {
		at += strlen(key);
		if (at == end || sriov_is_delimiter(line, length, (size_t)(at - line)))
			return true;
	}
	return false;
}

enum sriov_effect sriov_line_effect(const struct sriov_place *place, const char *line,
				    size_t length)
{
	take_space(&line, &length);
	if (length == 0 || *line == '#' || *line == ';' || is_prose(line, length) ||
	    sriov_line_is_for_later(place, line, length))
		return SRIOV_EFFECT_NONE;
	const struct sriov_word *word = find_word(place, line, length);
	if (word && is_for_a_time(place, line, length))
		return SRIOV_EFFECT_UNCLEAR;
	if (word)
		return word->makes && !is_left_to_others(place, line, length) ? SRIOV_EFFECT_MAKES
									      : SRIOV_EFFECT_OTHER;
	return place->runs && sriov_has_unclear_command(place, line, length) ? SRIOV_EFFECT_UNCLEAR
									     : SRIOV_EFFECT_NONE;
}

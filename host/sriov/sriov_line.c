/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/sriov_line.h"

#include <ctype.h>
#include <string.h>

#include "host/access/array.h"
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

/* Lines of units that are for a reader. */
static bool is_prose(const char *line, size_t length)
{
	static const char *const keys[] = {"Description=", "Documentation="};

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		size_t size = strlen(keys[i]);
		if (length >= size && memcmp(line, keys[i], size) == 0)
			return true;
	}
	return false;
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
	while (length && (isspace((unsigned char)*line) || *line == '\0')) {
		line++;
		length--;
	}
	if (length == 0 || *line == '#' || *line == ';' || is_prose(line, length))
		return SRIOV_EFFECT_NONE;
	const struct sriov_word *word = find_word(place, line, length);
	if (word)
		return word->makes && !is_left_to_others(place, line, length) ? SRIOV_EFFECT_MAKES
									      : SRIOV_EFFECT_OTHER;
	return place->runs && sriov_has_unclear_command(place, line, length) ? SRIOV_EFFECT_UNCLEAR
									     : SRIOV_EFFECT_NONE;
}

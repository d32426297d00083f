/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/shell_words.h"

#include <ctype.h>
#include <string.h>

static bool is_continued(const char *at)
{
	return at[0] == '\\' && at[1] == '\n';
}

static void skip_space(struct shell_words *words)
{
	words->begins_line = false;
	while (isspace((unsigned char)*words->at) || is_continued(words->at) || *words->at == '#') {
		if (*words->at == '#') {
			words->at += strcspn(words->at, "\n");
			continue;
		}
		if (is_continued(words->at))
			words->at++;
		else if (*words->at == '\n')
			words->begins_line = words->line_ended = true;
		words->line += *words->at == '\n';
		words->at++;
	}
}

/* ps shows JSON without the quotes that a shell took: it ends where its braces do. */
static size_t json_length(const char *text)
{
	size_t length = 0, depth = 0;
	bool quoted = false;

	for (; text[length] && text[length] != '\n'; length++) {
		char byte = text[length];
		if (byte == '\\' && quoted && text[length + 1])
			length++;
		else if (byte == '"')
			quoted = !quoted;
		else if (!quoted && byte == '{')
			depth++;
		else if (!quoted && byte == '}' && --depth == 0)
			return length + 1;
	}
	return length;
}

/* Copies one word without its quotes; out has room for all of it. */
static void copy_word(struct shell_words *words, char *out)
{
	char quote = '\0';

	for (; *words->at; words->at++) {
		char byte = *words->at;
		if (!quote && isspace((unsigned char)byte))
			break;
		words->line += byte == '\n';
		if (quote ? byte == quote : byte == '\'' || byte == '"') {
			quote = quote ? '\0' : byte;
		} else if (byte == '\\' && quote != '\'' && words->at[1]) {
			words->at++;
			words->line += *words->at == '\n';
			if (*words->at != '\n')
				*out++ = *words->at;
		} else {
			*out++ = byte;
		}
	}
	*out = '\0';
}

/* Returns how many bytes the next word takes at most. */
static size_t word_bound(const char *text)
{
	size_t length = 0;
	char quote = '\0';

	for (; text[length]; length++) {
		char byte = text[length];
		if (!quote && isspace((unsigned char)byte))
			break;
		if (quote ? byte == quote : byte == '\'' || byte == '"')
			quote = quote ? '\0' : byte;
		else if (byte == '\\' && quote != '\'' && text[length + 1])
			length++;
	}
	return length;
}

const char *shell_words_next(struct shell_words *words)
{
	char *word;

	skip_space(words);
	words->word_line = words->line;
	if (!*words->at)
		return NULL;
	if (*words->at == '{') {
		size_t length = json_length(words->at);
		const char *json = arena_copy(words->arena, words->at, length);
		words->at += length;
		return json;
	}
	word = arena_alloc(words->arena, word_bound(words->at) + 1);
	if (word)
		copy_word(words, word);
	return word;
}

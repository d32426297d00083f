/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/sriov_redact.h"

#include <ctype.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/sriov/sriov_token.h"
#include "host/sriov/sriov_word.h"

bool sriov_line_whole(const char *line)
{
	return !strstr(line, SRIOV_REDACTED);
}

/* Words of lines that set VFs which are no secret, whoever writes them. */
static const char *const plain_words[] = {
	"!",
	"+",
	"-",
	"-c",
	"-e",
	"/bin/bash",
	"/bin/echo",
	"/bin/sh",
	"/usr/bin/bash",
	"/usr/bin/echo",
	"/usr/bin/sh",
	"@reboot",
	"ACTION",
	"ACTION!",
	"ALL",
	"ATTR",
	"ATTRS",
	"DRIVER",
	"DRIVER!",
	"DRIVERS",
	"DRIVERS!",
	"ENV",
	"ExecStart",
	"ExecStartPost",
	"ExecStartPre",
	"GOTO",
	"GROUP",
	"ID_NET_DRIVER",
	"IMPORT",
	"KERNEL",
	"KERNEL!",
	"KERNELS",
	"KERNELS!",
	"LABEL",
	"MODE",
	"NAME",
	"NAME!",
	"OPTIONS",
	"OWNER",
	"PROGRAM",
	"PROGRAM!",
	"RESULT",
	"RUN+",
	"SUBSYSTEM",
	"SUBSYSTEM!",
	"SUBSYSTEMS",
	"SUBSYSTEMS!",
	"SYMLINK",
	"SYMLINK+",
	"TAG",
	"TAG+",
	"TEST",
	"TEST!",
	"add",
	"bash",
	"bind",
	"change",
	"dev",
	"device",
	"device/device",
	"device/vendor",
	"echo",
	"externallyManaged",
	"ip",
	"link",
	"move",
	"net",
	"offline",
	"online",
	"options",
	"pci",
	"post-up",
	"pre-up",
	"remove",
	"set",
	"sh",
	"tee",
	"true",
	"unbind",
	"up",
	"vendor",
	"w",
	"w+",
};

/* What the value of names a function, an interface or a driver. */
static const char *const naming_words[] = {"ID_NET_DRIVER", "KERNEL",   "KERNELS", "DRIVER",
					   "DRIVERS",       "NAME",     "KERNEL!", "KERNELS!",
					   "DRIVER!",       "DRIVERS!", "NAME!"};

/* A line on its way through redaction */
struct tokens {
	const struct sriov_place *place;
	const char *text;
	size_t length, offset;
	size_t digits;             /* where the number of VFs stands; length where none does */
	struct fact_line first;    /* token of the line */
	struct fact_line previous; /* token, without text for the first */
	bool previous_names;       /* it names a function, an interface or a driver */
	bool previous_sets;        /* it is what sets VFs, or a number of them */
};

static bool is_short_number(const struct fact_line *token)
{
	return token->length <= SRIOV_MOST_DIGITS &&
	       strspn(token->text, "0123456789") >= token->length;
}

static bool ends_in(const struct fact_line *token, const char *word)
{
	size_t length = strlen(word);

	return token->length >= length &&
	       memcmp(token->text + token->length - length, word, length) == 0;
}

/* "sriov_numvfs", or a path that ends in it. */
static bool sets(const struct fact_line *token)
{
	size_t count;
	const struct sriov_word *words = sriov_words(&count);

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(words[i].text);
		if (ends_in(token, words[i].text) &&
		    (token->length == length || token->text[token->length - length - 1] == '/'))
			return true;
	}
	return false;
}

/* ATTR{vendor}=="0x8086": which function a rule means, beside its address. */
static bool is_id(const struct tokens *tokens, const struct fact_line *token)
{
	static const char *const keys[] = {"vendor", "device", "device/vendor", "device/device"};
	enum { LENGTH = 6 };

	if (token->length != LENGTH || memcmp(token->text, "0x", 2) != 0 ||
	    !sriov_token_is_listed(&tokens->previous, keys, ARRAY_LENGTH(keys)))
		return false;
	for (size_t i = 2; i < LENGTH; i++) {
		if (!isxdigit((unsigned char)token->text[i]))
			return false;
	}
	return true;
}

/* KERNEL=="eth0|eth1": udev(7) has alternatives in one value. */
static bool is_name(const struct tokens *tokens, const struct fact_line *token)
{
	if (sriov_token_is_listed(&tokens->previous, naming_words, ARRAY_LENGTH(naming_words)))
		return true;
	return tokens->place->owner == SRIOV_OWNER_UDEV && tokens->previous_names &&
	       token->text[-1] == '|';
}

static bool is_kept(const struct tokens *tokens, const struct fact_line *token)
{
	static const char *const options[] = {"options"};
	size_t offset = (size_t)(token->text - tokens->text);

	if (is_short_number(token))
		return offset == tokens->digits || tokens->previous_sets;
	if (tokens->place->modules && token->text == tokens->first.text)
		return true;
	if (is_name(tokens, token) ||
	    (tokens->previous.text == tokens->first.text &&
	     sriov_token_is_listed(&tokens->first, options, ARRAY_LENGTH(options))))
		return true;
	return sets(token) || is_id(tokens, token) || sriov_token_is_address(token) ||
	       sriov_token_is_interface(token) || sriov_token_names_sriov(token) ||
	       sriov_token_is_listed(token, plain_words, ARRAY_LENGTH(plain_words));
}

static const char *word_at_end(const struct sriov_place *place, const struct fact_line *token)
{
	size_t count;
	const struct sriov_word *words = sriov_words(&count);

	for (size_t i = 0; i < count; i++) {
		if (sriov_word_counts(place, &words[i]) && ends_in(token, words[i].text))
			return words[i].text;
	}
	return NULL;
}

/* "igb.max_vfs" is "redacted.max_vfs": the first word decides what the line does, and one at the
 * end may have "=" and a number behind it. */
static void redact_token(const struct sriov_place *place, const struct fact_line *token,
			 struct buffer *kept)
{
	const char *first = sriov_word_within(place, token);
	const char *last = word_at_end(place, token);
	const char *text = SRIOV_REDACTED;

	if (first && first != last)
		text = arena_printf(kept->arena, SRIOV_REDACTED ".%s." SRIOV_REDACTED, first);
	buffer_add(kept, text, strlen(text));
	if (!last)
		return;
	text = arena_printf(kept->arena, ".%s", last);
	buffer_add(kept, text, strlen(text));
}

/* Returns how many signs at the end of a token belong to the operator behind it: RESULT!="x". */
static size_t count_signs(const struct tokens *tokens, const struct fact_line *token)
{
	const char *end = token->text + token->length;

	return tokens->place->owner == SRIOV_OWNER_UDEV && token->length > 1 &&
	       end < tokens->text + tokens->length && *end == '=' && strchr("!+-", end[-1]);
}

static void take_token(struct tokens *tokens, struct buffer *kept)
{
	struct fact_line token = sriov_token_at(tokens->text, tokens->length, tokens->offset);

	tokens->offset += token.length;
	if (!tokens->first.text)
		tokens->first = token;
	bool keeps = is_kept(tokens, &token);
	size_t signs = keeps ? 0 : count_signs(tokens, &token);
	const struct fact_line name = {.text = token.text, .length = token.length - signs};
	if (keeps)
		buffer_add(kept, token.text, token.length);
	else
		redact_token(tokens->place, &name, kept);
	buffer_add(kept, name.text + name.length, signs);
	tokens->previous_names = is_name(tokens, &token);
	bool negates = token.length == 1 && *token.text == '!';
	tokens->previous_sets = keeps && (sets(&token) || is_short_number(&token) ||
					  (negates && tokens->previous_sets));
	/* ATTR{vendor}!="0x8086" has an id behind its key, too. */
	if (!negates)
		tokens->previous = token;
}

static const char *redact_once(struct arena *arena, const struct sriov_place *place,
			       const char *line)
{
	struct tokens tokens = {
		.place = place, .text = line, .length = strlen(line), .digits = strlen(line)};
	struct buffer kept = {.arena = arena};
	int64_t count;

	sriov_line_count(line, &count, &tokens.digits);
	while (tokens.offset < tokens.length) {
		if (sriov_is_delimiter(line, tokens.length, tokens.offset))
			buffer_add(&kept, line + tokens.offset++, 1);
		else
			take_token(&tokens, &kept);
	}
	return buffer_text(&kept);
}

/* What was redacted in front of a word may make it the word that counts: then more is. */
const char *sriov_line_redact(struct arena *arena, const struct sriov_place *place,
			      const char *line)
{
	enum { MOST_ROUNDS = 4 };

	for (int i = 0; i < MOST_ROUNDS; i++) {
		const char *redacted = redact_once(arena, place, line);
		if (strcmp(redacted, line) == 0)
			return line;
		line = redacted;
	}
	return line;
}

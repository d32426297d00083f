/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/nm_match.h"

#include <ctype.h>
#include <string.h>

#include "host/base/array.h"

/* What a word of the list begins with; "=" takes a name literally, which has no signs of patterns.
 */
static const struct {
	const char *prefix;
	enum sriov_subject kind;
} forms[] = {
	{"interface-name:=", SRIOV_SUBJECT_INTERFACE},
	{"interface-name:~", SRIOV_SUBJECT_INTERFACE},
	{"interface-name:", SRIOV_SUBJECT_INTERFACE},
	{"driver:", SRIOV_SUBJECT_DRIVER},
	{"", SRIOV_SUBJECT_INTERFACE},
};

static const char *prefix_of(enum sriov_subject kind)
{
	return kind == SRIOV_SUBJECT_DRIVER ? "driver:" : "interface-name:";
}

/* Takes what a word begins with off. Returns the kind of what is left. */
static enum sriov_subject take_prefix(struct fact_line *word)
{
	size_t i = 0, size;

	while ((size = strlen(forms[i].prefix)) > word->length ||
	       memcmp(word->text, forms[i].prefix, size) != 0)
		i++;
	word->text += size;
	word->length -= size;
	return forms[i].kind;
}

static bool is_name(const struct fact_line *word)
{
	for (size_t i = 0; i < word->length; i++) {
		if (!isalnum((unsigned char)word->text[i]) && !strchr("-_.*?", word->text[i]))
			return false;
	}
	return word->length != 0;
}

const char *nm_match_subject(struct arena *arena, const struct fact_line *list,
			     enum sriov_subject *ret_kind)
{
	struct buffer subject = {.arena = arena, .separator = " "};
	const char *at = list->text, *end = list->text + list->length;
	enum sriov_subject kind = SRIOV_SUBJECT_NONE;

	*ret_kind = SRIOV_SUBJECT_NONE;
	for (size_t length; at < end; at += length + 1) {
		for (length = 0; at + length < end && !strchr(",;", at[length]);)
			length++;
		struct fact_line word = fact_line_trim(at, length);
		if (!word.length)
			continue;
		enum sriov_subject one = take_prefix(&word);
		if (!is_name(&word) || (kind != SRIOV_SUBJECT_NONE && one != kind))
			return NULL;
		kind = one;
		buffer_item(&subject, "%.*s", (int)word.length, word.text);
	}
	*ret_kind = kind;
	return kind == SRIOV_SUBJECT_NONE ? NULL : buffer_text(&subject);
}

void nm_match_print(const struct sriov_setting *setting, struct buffer *kept)
{
	struct buffer list = {.arena = kept->arena, .separator = ";"};

	for (const char *at = setting->subject; at && *at;) {
		size_t length = strcspn(at, " ");
		buffer_item(&list, "%s%.*s", prefix_of(setting->kind), (int)length, at);
		at += length + strspn(at + length, " ");
	}
	const char *line = arena_printf(kept->arena, "match-device=%s", buffer_text(&list));
	buffer_add_line(kept, line, strlen(line));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/link_file.h"

#include <ctype.h>
#include <string.h>

#include "host/access/array.h"
#include "host/sriov/sriov_token.h"

static const char *const key_names[] = {
	[LINK_KEY_PATH] = "Path",
	[LINK_KEY_DRIVER] = "Driver",
	[LINK_KEY_TYPE] = "Type",
	[LINK_KEY_KIND] = "Kind",
	[LINK_KEY_ORIGINAL_NAME] = "OriginalName",
	[LINK_KEY_OTHER] = "Property",
};

ASSERT_COVERS(key_names, LINK_KEY_COUNT);

static struct fact_line trim(const char *text, size_t length)
{
	while (length && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return (struct fact_line){.text = text, .length = length};
}

static bool is(const struct fact_line *line, const char *text)
{
	return line->length == strlen(text) && memcmp(line->text, text, line->length) == 0;
}

/* Names, paths and patterns of them; whatever else stands there is not told. */
static bool is_told(const struct fact_line *value)
{
	static const char signs[] = "-_.:*?[]!@/^ ";

	for (size_t i = 0; i < value->length; i++) {
		if (!isalnum((unsigned char)value->text[i]) && !strchr(signs, value->text[i]))
			return false;
	}
	return value->length <= LINK_LONGEST_LIST;
}

static enum link_key find_key(const struct fact_line *name)
{
	for (enum link_key key = 0; key < LINK_KEY_OTHER; key++) {
		if (is(name, key_names[key]))
			return key;
	}
	return LINK_KEY_OTHER;
}

/* A key that comes again adds to its list, and an empty value begins it anew: systemd.syntax(7). */
static void read_match(struct arena *arena, const struct fact_line *name,
		       const struct fact_line *value, struct link_file *link)
{
	enum link_key key = find_key(name);
	const char *before = link->patterns[key];

	if (key == LINK_KEY_OTHER || !is_told(value) ||
	    (before && strlen(before) + value->length >= LINK_LONGEST_LIST)) {
		if (value->length)
			link->patterns[LINK_KEY_OTHER] = SRIOV_REDACTED;
		return;
	}
	if (!value->length)
		link->patterns[key] = NULL;
	else
		link->patterns[key] =
			arena_printf(arena, "%s%s%.*s", before ? before : "", before ? " " : "",
				     (int)value->length, value->text);
}

void link_file_parse(struct arena *arena, const struct fact_text *text, struct link_file *ret)
{
	bool in_match = false, in_link = false;
	struct fact_line line;
	size_t offset = 0;

	*ret = (struct link_file){.source = text->fact.source};
	while (fact_next_line(text, &offset, &line)) {
		const struct fact_line words = trim(line.text, line.length);
		if (!words.length || strchr("#;", *words.text))
			continue;
		if (*words.text == '[') {
			in_match = is(&words, "[Match]");
			in_link = is(&words, "[Link]");
			continue;
		}
		const char *sign = memchr(words.text, '=', words.length);
		if (!sign)
			continue;
		size_t before = (size_t)(sign - words.text);
		const struct fact_line name = trim(words.text, before);
		const struct fact_line value = trim(sign + 1, words.length - before - 1);
		if (in_match) {
			read_match(arena, &name, &value, ret);
		} else if (in_link && is(&name, "Name")) {
			ret->renames = true;
			ret->gives = value.length && is_told(&value)
					     ? arena_copy(arena, value.text, value.length)
					     : NULL;
		}
	}
}

bool link_file_asks(const struct link_file *link)
{
	for (enum link_key key = 0; key < LINK_KEY_COUNT; key++) {
		if (link->patterns[key])
			return true;
	}
	return false;
}

void link_file_keep(struct arena *arena, const struct link_file *link, struct buffer *kept)
{
	const char *line;

	if (!link_file_asks(link))
		return;
	buffer_add_line(kept, "[Match]", strlen("[Match]"));
	for (enum link_key key = 0; key < LINK_KEY_COUNT; key++) {
		if (!link->patterns[key])
			continue;
		line = arena_printf(arena, "%s=%s", key_names[key], link->patterns[key]);
		buffer_add_line(kept, line, strlen(line));
	}
	if (!link->renames)
		return;
	line = arena_printf(arena, "[Link]\nName=%s", link->gives ? link->gives : "");
	buffer_add_line(kept, line, strlen(line));
}

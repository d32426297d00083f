/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/link_file.h"

#include <ctype.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
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

static void add_patterns(struct arena *arena, struct link_file *link, enum link_key key,
			 const struct fact_line *patterns)
{
	const char *before = link->patterns[key];

	if (before && strlen(before) + patterns->length >= LINK_LONGEST_LIST) {
		link->patterns[LINK_KEY_OTHER] = SRIOV_REDACTED;
		return;
	}
	link->patterns[key] =
		arena_printf(arena, "%s%s%.*s", before ? before : "", before ? " " : "",
			     (int)patterns->length, patterns->text);
}

/* A "!" in front of a list is for each pattern of it: config_parse_match_strv() of systemd's
 * src/shared/net-condition.c. */
static struct fact_line each_inverted(struct arena *arena, const struct fact_line *list)
{
	struct buffer inverted = {.arena = arena, .separator = " "};
	const char *at = list->text + 1, *end = list->text + list->length;

	while (at < end) {
		const char *word = at;
		while (at < end && *at != ' ')
			at++;
		if (at > word)
			buffer_item(&inverted, "!%.*s", (int)(at - word), word);
		at++;
	}
	const char *text = buffer_text(&inverted);
	return (struct fact_line){.text = text, .length = strlen(text)};
}

/* A key that comes again adds to its list, and an empty value begins it anew: systemd.syntax(7). */
static void read_match(struct arena *arena, const struct fact_line *name,
		       const struct fact_line *value, struct link_file *link)
{
	enum link_key key = find_key(name);

	if (key == LINK_KEY_OTHER || !is_told(value)) {
		if (value->length)
			link->patterns[LINK_KEY_OTHER] = SRIOV_REDACTED;
		return;
	}
	if (value->length) {
		const struct fact_line patterns =
			*value->text == '!' ? each_inverted(arena, value) : *value;
		add_patterns(arena, link, key, &patterns);
		return;
	}
	link->patterns[key] = NULL;
	link->anew[key] = true;
}

void link_file_parse(struct arena *arena, const struct fact_text *text, struct link_file *ret)
{
	bool in_match = false, in_link = false;
	struct fact_line line;
	size_t offset = 0;

	*ret = (struct link_file){.source = text->fact.source, .empty = !text->length};
	while (fact_next_line(text, &offset, &line)) {
		const struct fact_line words = fact_line_trim(line.text, line.length);
		if (!words.length || strchr("#;", *words.text))
			continue;
		if (*words.text == '[') {
			ret->sectioned = true;
			in_match = is(&words, "[Match]");
			in_link = is(&words, "[Link]");
			continue;
		}
		const char *sign = memchr(words.text, '=', words.length);
		if (!sign)
			continue;
		size_t before = (size_t)(sign - words.text);
		const struct fact_line name = fact_line_trim(words.text, before);
		const struct fact_line value = fact_line_trim(sign + 1, words.length - before - 1);
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

void link_file_add(struct arena *arena, struct link_file *link, const struct link_file *dropin)
{
	for (enum link_key key = 0; key < LINK_KEY_COUNT; key++) {
		const char *patterns = dropin->patterns[key];
		if (dropin->anew[key])
			link->patterns[key] = NULL;
		if (!patterns)
			continue;
		const struct fact_line list = {.text = patterns, .length = strlen(patterns)};
		add_patterns(arena, link, key, &list);
	}
	if (!dropin->renames)
		return;
	link->renames = true;
	link->gives = dropin->gives;
}

#define DROPINS ".d"

/* Returns the name of the .link file that a path is of, and its length in *ret. */
static const char *name_of(const char *path, size_t *ret)
{
	const char *name = last_part(path);

	*ret = strlen(name);
	if (!link_file_is_dropin(path))
		return name;
	const char *end = name - 1 - strlen(DROPINS);
	name = end;
	while (name > path && name[-1] != '/')
		name--;
	*ret = (size_t)(end - name);
	return name;
}

bool link_file_is_dropin(const char *path)
{
	static const char folder[] = ".link" DROPINS;
	size_t length = (size_t)(last_part(path) - path), size = strlen(folder);

	return length > size && strncmp(path + length - 1 - size, folder, size) == 0;
}

bool link_file_has(const struct link_file *link, const char *path)
{
	size_t length, size;
	const char *name = name_of(link->source, &length), *other = name_of(path, &size);

	return length == size && memcmp(name, other, size) == 0;
}

/* A list that begins anew does so with an empty value. Each pattern has a line of its own, on which
 * a "!" is for it alone. */
static void keep_key(struct arena *arena, const struct link_file *link, enum link_key key,
		     struct buffer *kept)
{
	const char *line;

	if (link->anew[key]) {
		line = arena_printf(arena, "%s=", key_names[key]);
		buffer_add_line(kept, line, strlen(line));
	}
	for (const char *at = link->patterns[key]; at && *at;) {
		size_t length = strcspn(at, " ");
		line = arena_printf(arena, "%s=%.*s", key_names[key], (int)length, at);
		buffer_add_line(kept, line, strlen(line));
		at += length + strspn(at + length, " ");
	}
}

void link_file_keep(struct arena *arena, const struct link_file *link, struct buffer *kept)
{
	if (link->empty)
		return;
	buffer_add_line(kept, "[Match]", strlen("[Match]"));
	for (enum link_key key = 0; key < LINK_KEY_COUNT; key++)
		keep_key(arena, link, key, kept);
	if (!link->renames)
		return;
	const char *line = arena_printf(arena, "[Link]\nName=%s", link->gives ? link->gives : "");
	buffer_add_line(kept, line, strlen(line));
}

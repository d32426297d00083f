/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/xml_bounds.h"

#include <string.h>

/* What is no tag though it begins like one: XML 1.0, 2.5 to 2.7. */
static const struct section {
	const char *begin;
	const char *end;
} sections[] = {
	{"<!--", "-->"},
	{"<![CDATA[", "]]>"},
	{"<?", "?>"},
};

/* Returns what is behind a section that begins at text, or NULL where none does. */
static const char *skip_section(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		size_t begin = strlen(sections[i].begin);
		if (length < begin || memcmp(text, sections[i].begin, begin) != 0)
			continue;
		const char *end = memmem(text + begin, length - begin, sections[i].end,
					 strlen(sections[i].end));
		return end ? end + strlen(sections[i].end) : text + length;
	}
	return NULL;
}

/* Returns the end of the tag that begins at text, its ">" or end, or NULL where it has too many
 * attributes. */
static const char *skip_tag(const char *text, const char *end)
{
	size_t attributes = 0;
	char quote = '\0';

	for (; text < end && (quote || *text != '>'); text++) {
		if (quote)
			quote = *text == quote ? '\0' : quote;
		else if (*text == '\'' || *text == '"')
			quote = *text;
		else if (*text == '=' && ++attributes > LIMIT_DOMAIN_ATTRIBUTES)
			return NULL;
	}
	return text;
}

bool xml_tags_are_bounded(const char *bytes, size_t length)
{
	const char *end = bytes + length;

	/* Of UTF-16, sections look otherwise: all of it is taken for tags. */
	bool narrow = !memchr(bytes, '\0', length);
	for (const char *text = bytes; text && (text = memchr(text, '<', (size_t)(end - text)));) {
		const char *behind = narrow ? skip_section(text, (size_t)(end - text)) : NULL;
		text = behind ? behind : skip_tag(text, end);
		if (!text)
			return false;
	}
	return true;
}

/* Returns what is behind white space, comments and the like. */
static const char *skip_blank(const char *text, const char *end)
{
	while (text < end) {
		size_t length = (size_t)(end - text);
		const char *behind = skip_section(text, length);
		if (!behind && !strchr(" \t\r\n", *text))
			break;
		text = behind ? behind : text + 1;
	}
	return text;
}

/* Returns by how much the tag from "<" to ">" changes the depth: those of "<!" stand alone. */
static int depth_change(const char *tag, const char *close)
{
	if (tag[1] == '/')
		return -1;
	return tag[1] == '!' || close[-1] == '/' ? 0 : 1;
}

/* Returns what is behind the first element, or end where it is not closed. */
static const char *skip_element(const char *text, const char *end)
{
	long depth = 0;

	while (text < end && (text = memchr(text, '<', (size_t)(end - text)))) {
		const char *behind = skip_section(text, (size_t)(end - text));
		if (behind) {
			text = behind;
			continue;
		}
		const char *close = skip_tag(text, end);
		if (!close || close == end)
			return end;
		depth += depth_change(text, close);
		if (depth <= 0 && text[1] != '!')
			return close + 1;
		text = close + 1;
	}
	return end;
}

size_t xml_root_length(const char *bytes, size_t length)
{
	const char *end = bytes + length;

	const char *behind = skip_element(bytes, end);
	return skip_blank(behind, end) == end ? length : (size_t)(behind - bytes);
}

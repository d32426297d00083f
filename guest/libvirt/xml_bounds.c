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

/* Returns the end of the tag that begins at text, or NULL where it has too many attributes. */
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

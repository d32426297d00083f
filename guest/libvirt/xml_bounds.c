/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/xml_bounds.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/library/libxml2.h"

/* Stands for each unit that is not ASCII; it begins and ends nothing, and no name has it. */
enum { NOT_ASCII = '\177' };

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

/* Returns the end of the tag that begins at text, its ">", the "<" of what begins within it or end.
 */
static const char *skip_tag(const char *text, const char *end)
{
	char quote = '\0';

	for (text++; text < end && (quote || (*text != '>' && *text != '<')); text++) {
		if (quote)
			quote = *text == quote ? '\0' : quote;
		else if (*text == '\'' || *text == '"')
			quote = *text;
	}
	return text;
}

/* Returns how long the name is that begins at text. */
static size_t name_length(const char *text, const char *close)
{
	size_t length = 0;

	while (text + length < close && !strchr(" \t\r\n/='\"", text[length]))
		length++;
	return length;
}

/* Adds the names of a tag that ends at close. Returns how many attributes it has, or SIZE_MAX where
 * a name is not ASCII: each of these looks like many others here, and no domain has one. */
static size_t note_names(xmlDict *names, const char *text, const char *close)
{
	size_t attributes = 0;
	char quote = '\0';

	for (text++; text < close; text++) {
		size_t length = quote ? 0 : name_length(text, close);
		if (quote)
			quote = *text == quote ? '\0' : quote;
		else if (*text == '\'' || *text == '"')
			quote = *text;
		else if (*text == '=')
			attributes++;
		if (!length)
			continue;
		if (memchr(text, NOT_ASCII, length))
			return SIZE_MAX;
		libxml2->xmlDictLookup(names, (const xmlChar *)text, (int)length);
		text += length - 1;
	}
	return attributes;
}

/*
 * Encodings whose bytes below 0x80 are ASCII wherever they stand, and UTF-16, whose units are. Of
 * others (UTF-7, EBCDIC, ISO-2022) the parser sees tags that are not in the bytes.
 */
static bool is_plain_encoding(const char *name, size_t length)
{
	static const char *const names[] = {
		"UTF-8",     "UTF8",   "US-ASCII",    "ASCII", "ISO-8859-", "ISO8859-",
		"ISO_8859-", "latin1", "windows-125", "CP125", "KOI8-",     "UTF-16",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		size_t begin = strlen(names[i]);
		if (length >= begin && strncasecmp(name, names[i], begin) == 0)
			return true;
	}
	return false;
}

/* Returns whether a literal of an XML declaration is a version, or the answer to standalone. */
static bool is_version_or_answer(const char *text, size_t length)
{
	size_t digits = 0;

	while (digits < length && strchr("0123456789.", text[digits]))
		digits++;
	return digits == length || (length == 3 && memcmp(text, "yes", length) == 0) ||
	       (length == 2 && memcmp(text, "no", length) == 0);
}

/* Returns whether every literal of an XML declaration is one that is known: names of encodings,
 * too.
 */
static bool declares_plain_encoding(const char *text, const char *end)
{
	for (;;) {
		while (text < end && *text != '\'' && *text != '"')
			text++;
		if (text == end)
			return true;
		const char *close = memchr(text + 1, *text, (size_t)(end - text - 1));
		if (!close)
			return false;
		size_t length = (size_t)(close - text - 1);
		if (!is_version_or_answer(text + 1, length) && !is_plain_encoding(text + 1, length))
			return false;
		text = close + 1;
	}
}

static bool is_declaration(const char *text)
{
	return begins_with(text, "<?xml") && isspace((unsigned char)text[strlen("<?xml")]);
}

/*
 * Returns whether a comment, which ends at behind or is never closed, holds "--". XML forbids it
 * (XML 1.0, 2.5), and libxml2 copies all of the comment before each one for a message.
 */
static bool has_double_hyphen(const char *text, const char *behind)
{
	if (!begins_with(text, "<!--"))
		return false;
	text += strlen("<!--");
	const char *hyphens = memmem(text, (size_t)(behind - text), "--", strlen("--"));
	return hyphens && hyphens + strlen("-->") != behind;
}

/* Returns why what begins at text, up to behind where it is a section, is refused, or NULL. */
static const char *why_unwanted(const char *text, const char *behind)
{
	if (behind && is_declaration(text) && !declares_plain_encoding(text, behind))
		return "an encoding that is not read; convert it to UTF-8";
	if (behind && has_double_hyphen(text, behind))
		return "\"--\" within a comment";
	if (!behind && begins_with(text, "<!DOCTYPE"))
		return "a document type, which no domain has";
	return NULL;
}

unsigned xml_count_lines(const char *bytes, size_t length)
{
	const char *end = bytes + length;
	unsigned lines = 0;

	while ((bytes = memchr(bytes, '\n', (size_t)(end - bytes)))) {
		lines++;
		bytes++;
	}
	return lines;
}

/* Returns why a tag that ends at close is refused, or NULL. */
static const char *why_too_much(struct arena *arena, xmlDict *names, const char *text,
				const char *close)
{
	size_t attributes = note_names(names, text, close);

	if (attributes == SIZE_MAX)
		return "a name of an element or attribute that is not ASCII";
	if (attributes > LIMIT_DOMAIN_ATTRIBUTES)
		return arena_printf(arena, "more than %d attributes in one element",
				    LIMIT_DOMAIN_ATTRIBUTES);
	if (libxml2->xmlDictSize(names) > LIMIT_DOMAIN_NAMES)
		return arena_printf(arena, "more than %d names of elements and attributes",
				    LIMIT_DOMAIN_NAMES);
	return NULL;
}

/* text is in an encoding that keeps ASCII, and ends with a NUL. */
static int check_tags(struct arena *arena, xmlDict *names, const char *text, size_t length,
		      const char **ret_why)
{
	const char *start = text, *end = text + length;

	while ((text = memchr(text, '<', (size_t)(end - text)))) {
		const char *behind = skip_section(text, (size_t)(end - text));
		const char *why = why_unwanted(text, behind);
		if (why) {
			*ret_why = arena_printf(arena, "line %u: %s",
						xml_count_lines(start, (size_t)(text - start)) + 1,
						why);
			return -EBADMSG;
		}
		if (!behind) {
			behind = skip_tag(text, end);
			why = why_too_much(arena, names, text, behind);
		}
		if (why) {
			*ret_why = why;
			return -EFBIG;
		}
		text = behind;
	}
	return 0;
}

/* How wide a document's units are, and where the low byte of a wide one is. */
struct form {
	size_t width;
	size_t low;
};

/* What the first bytes tell (XML 1.0, appendix F): those of UTF-16, with a mark or without. */
static struct form form_of(const unsigned char *bytes, size_t length)
{
	if (length >= 2 && ((bytes[0] == 0xfe && bytes[1] == 0xff) || bytes[0] == 0))
		return (struct form){.width = 2, .low = 1};
	if (length >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || bytes[1] == 0))
		return (struct form){.width = 2, .low = 0};
	return (struct form){.width = 1};
}

/* Copies the units, with NOT_ASCII for those that are not ASCII. Returns how many, or SIZE_MAX for
 * a NUL.
 */
static size_t narrow(const unsigned char *bytes, size_t length, struct form form, char *ret)
{
	size_t count = length / form.width;

	for (size_t i = 0; i < count; i++) {
		unsigned char low = bytes[i * form.width + form.low];
		unsigned char high = form.width == 2 ? bytes[2 * i + 1 - form.low] : 0;
		ret[i] = (char)(high || low >= 0x80 ? NOT_ASCII : low);
		if (!ret[i])
			return SIZE_MAX;
	}
	ret[count] = '\0';
	return count;
}

int xml_bounds_check(struct arena *arena, const char *bytes, size_t length, const char **ret_why)
{
	static const char ebcdic[] = "\x4c\x6f\xa7\x94"; /* its "<?xm" */
	struct form form = form_of((const unsigned char *)bytes, length);
	char *text = malloc(length + 1);
	xmlDict *names = libxml2->xmlDictCreate();
	int result = -EBADMSG;

	if (!text || !names) {
		result = -ENOMEM;
		goto out;
	}
	size_t count = narrow((const unsigned char *)bytes, length, form, text);
	if (count == SIZE_MAX)
		*ret_why = "line 1: not text";
	else if (memmem(bytes, length, ebcdic, sizeof(ebcdic) - 1))
		*ret_why = "line 1: EBCDIC, which is not read; convert it to UTF-8";
	else
		result = check_tags(arena, names, text, count, ret_why);
out:
	libxml2->xmlDictFree(names);
	free(text);
	return result;
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
		if (close == end || *close == '<')
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/words.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "host/base/array.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* No byte becomes more than four: "\\x1b" of one, "\\u{61c}" of two, "\\u{202e}" of three. */
enum { GROWTH = 4, HIGHEST_CODE_POINT = 0x10ffff };

/* Bytes of the UTF-8 sequence that lead begins, and the smallest code point that needs so many. */
struct utf8_form {
	unsigned length;
	uint32_t smallest;
	uint32_t bits; /* of the code point in lead */
};

static struct utf8_form form_of(unsigned char lead)
{
	if (lead < 0x80)
		return (struct utf8_form){1, 0, lead};
	if ((lead & 0xe0) == 0xc0)
		return (struct utf8_form){2, 0x80, lead & 0x1fu};
	if ((lead & 0xf0) == 0xe0)
		return (struct utf8_form){3, 0x800, lead & 0x0fu};
	if ((lead & 0xf8) == 0xf0)
		return (struct utf8_form){4, 0x10000, lead & 0x07u};
	return (struct utf8_form){0};
}

/* Decodes the code point at text. Returns its bytes, or 0 where there is no valid one (RFC 3629).
 */
static unsigned decode(const char *text, uint32_t *ret)
{
	struct utf8_form form = form_of((unsigned char)text[0]);
	uint32_t point = form.bits;

	for (unsigned i = 1; i < form.length; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | ((unsigned char)text[i] & 0x3fu);
	}
	if (point < form.smallest || point > HIGHEST_CODE_POINT ||
	    (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret = point;
	return form.length;
}

struct range {
	uint32_t first;
	uint32_t last;
};

/* What a terminal acts on or hides instead of showing it, or XML has no place for. */
static const struct range controls[] = {
	{0x0000, 0x001f},   /* C0 */
	{0x007f, 0x009f},   /* DEL and C1 */
	{0x00ad, 0x00ad},   /* soft hyphen */
	{0x034f, 0x034f},   /* combining grapheme joiner */
	{0x061c, 0x061c},   /* Arabic letter mark */
	{0x115f, 0x1160},   /* Hangul fillers */
	{0x17b4, 0x17b5},   /* Khmer inherent vowels */
	{0x180b, 0x180f},   /* Mongolian variation selectors, vowel separator */
	{0x200b, 0x200f},   /* zero width, directional marks */
	{0x2028, 0x202e},   /* separators, embeddings and overrides */
	{0x2060, 0x206f},   /* invisible operators, isolates */
	{0x3164, 0x3164},   /* Hangul filler */
	{0xfe00, 0xfe0f},   /* variation selectors */
	{0xfeff, 0xfeff},   /* byte order mark */
	{0xffa0, 0xffa0},   /* halfwidth Hangul filler */
	{0xfff9, 0xfffb},   /* interlinear annotation */
	{0xfffe, 0xffff},   /* no characters, which XML does not take */
	{0xe0000, 0xe0fff}, /* tags, more variation selectors */
};

static bool is_control(uint32_t point)
{
	for (size_t i = 0; i < ARRAY_LENGTH(controls); i++) {
		if (point >= controls[i].first && point <= controls[i].last)
			return true;
	}
	return false;
}

static bool is_plain(const char *text)
{
	while (*text >= 0x20 && *text < 0x7f)
		text++;
	return !*text;
}

static const char *convert(struct arena *arena, const char *text, bool escape)
{
	if (is_plain(text))
		return text;

	char *result = arena_alloc(arena, strlen(text) * GROWTH + 1);
	char *out = result;

	if (!result)
		return "";
	while (*text) {
		uint32_t point = 0;
		unsigned length = decode(text, &point);
		if (!length) {
			out = stpcpy(out, REPLACEMENT);
			text++;
			continue;
		}
		if (escape && is_control(point))
			out += sprintf(out, point < 0x100 ? "\\x%02x" : "\\u{%x}", point);
		else
			out = mempcpy(out, text, length);
		text += length;
	}
	return result;
}

const char *words_utf8(struct arena *arena, const char *text)
{
	return convert(arena, text, false);
}

const char *words_printable(struct arena *arena, const char *text)
{
	return convert(arena, text, true);
}

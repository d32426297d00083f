/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/wrap.h"

#include <stdbool.h>
#include <string.h>

unsigned wrap_columns(const char *text, size_t length)
{
	unsigned count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* Bytes of the word that begins text. What stands in angle brackets, such as an element of XML to
 * be copied, is one word. */
static size_t word_length(const char *text)
{
	enum { LONGEST_ELEMENT = 72 };
	size_t length = strcspn(text, " ");
	const char *open = memchr(text, '<', length);
	const char *close = open ? strchr(open, '>') : NULL;

	if (!close || close < text + length || close - open > LONGEST_ELEMENT)
		return length;
	return (size_t)(close - text) + strcspn(close, " ");
}

void wrap_text(FILE *out, const char *text, unsigned first, unsigned indent, unsigned width)
{
	wrap_behind(out, text, 0, first, indent, width);
}

void wrap_behind(FILE *out, const char *text, size_t solid, unsigned first, unsigned indent,
		 unsigned width)
{
	unsigned column = first;
	bool line_begins = true, may_break = first > indent;

	for (const char *word = text + strspn(text, " "); *word; word += strspn(word, " ")) {
		size_t length = word == text && solid ? solid : word_length(word);
		unsigned size = wrap_columns(word, length);

		if (may_break && width && column + !line_begins + size > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			line_begins = true;
		}
		if (!line_begins)
			fputc(' ', out);
		fwrite(word, 1, length, out);
		column += size + !line_begins;
		line_begins = false;
		may_break = true;
		word += length;
	}
}

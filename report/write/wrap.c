/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/wrap.h"

#include <stdbool.h>
#include <string.h>

/* Columns of length bytes of UTF-8, each character taken as one column wide. */
static unsigned columns(const char *text, size_t length)
{
	unsigned count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

void wrap_text(FILE *out, const char *text, unsigned first, unsigned indent, unsigned width)
{
	unsigned column = first;
	bool line_begins = true;

	for (const char *word = text + strspn(text, " "); *word; word += strspn(word, " ")) {
		size_t length = strcspn(word, " ");
		unsigned size = columns(word, length);

		if (!line_begins && width && column + 1 + size > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			line_begins = true;
		}
		if (!line_begins)
			fputc(' ', out);
		fwrite(word, 1, length, out);
		column += size + !line_begins;
		line_begins = false;
		word += length;
	}
}

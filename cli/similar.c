/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/similar.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LONGEST = 64, FARTHEST = 2, LETTERS_A_MISTAKE = 3 };

static size_t least(size_t a, size_t b, size_t c)
{
	size_t smaller = a < b ? a : b;

	return smaller < c ? smaller : c;
}

/* Levenshtein's distance, whatever the case of letters. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], width = strlen(b);

	for (size_t i = 0; i <= width; i++)
		row[i] = i;
	for (size_t line = 1; a[line - 1]; line++) {
		size_t diagonal = row[0];
		row[0] = line;
		for (size_t i = 1; i <= width; i++) {
			size_t above = row[i];
			bool same = tolower((unsigned char)a[line - 1]) ==
				    tolower((unsigned char)b[i - 1]);
			row[i] = least(above + 1, row[i - 1] + 1, diagonal + !same);
			diagonal = above;
		}
	}
	return row[width];
}

struct similar similar_begin(const char *typed)
{
	return (struct similar){.typed = typed, .distance = FARTHEST + 1};
}

void similar_consider(struct similar *similar, const char *word)
{
	size_t length = strlen(similar->typed);

	if (length > LONGEST || strlen(word) > LONGEST)
		return;
	size_t found = distance(similar->typed, word);
	if (found < similar->distance && found * LETTERS_A_MISTAKE <= length) {
		similar->best = word;
		similar->distance = found;
	}
}

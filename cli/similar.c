/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/similar.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LONGEST = 64, FARTHEST = 2, LETTERS_A_MISTAKE = 3 };

static size_t lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Fills the row of the distances of b's beginnings from the first line letters of a. */
static void fill_row(size_t (*rows)[LONGEST + 1], size_t line, const char *a, const char *b)
{
	size_t *row = rows[line % 3], *above = rows[(line + 2) % 3], *twice = rows[(line + 1) % 3];

	row[0] = line;
	for (size_t i = 1; b[i - 1]; i++) {
		row[i] = lesser(lesser(above[i], row[i - 1]) + 1,
				above[i - 1] + !same(a[line - 1], b[i - 1]));
		if (line > 1 && i > 1 && same(a[line - 1], b[i - 2]) && same(a[line - 2], b[i - 1]))
			row[i] = lesser(row[i], twice[i - 2] + 1);
	}
}

/* Levenshtein's distance, whatever the case of letters; two neighbours swapped count as one. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST + 1] = {0}, height = strlen(a), width = strlen(b);

	for (size_t i = 0; i <= width; i++)
		rows[0][i] = i;
	for (size_t line = 1; line <= height; line++)
		fill_row(rows, line, a, b);
	return rows[height % 3][width];
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

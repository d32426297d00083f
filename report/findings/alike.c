/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/alike.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int compare_numbers(uintmax_t a, uintmax_t b)
{
	return (a > b) - (a < b);
}

/* NULL comes first. */
static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* A piece of evidence and its place in its list. */
struct item {
	const struct evidence *content;
	size_t index;
};

static int compare_evidence(const struct evidence *a, const struct evidence *b)
{
	int order = compare_numbers(a->state, b->state);

	order = order ? order : (a->error > b->error) - (a->error < b->error);
	order = order ? order : compare_texts(a->source, b->source);
	return order ? order : compare_texts(a->value, b->value);
}

static int compare_evidence_items(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	int order = compare_evidence(a->content, b->content);

	return order ? order : compare_numbers(a->index, b->index);
}

static size_t count_evidence(const struct finding *finding)
{
	size_t count = 0;

	for (const struct evidence *item = finding->evidence; item; item = item->next)
		count++;
	return count;
}

const bool *alike_evidence(struct arena *arena, const struct finding *finding)
{
	size_t count = count_evidence(finding), filled = 0;
	bool *repeated = arena_array(arena, count + 1, sizeof(*repeated));
	struct item *items = arena_array(arena, count + 1, sizeof(*items));

	if (!repeated || !items)
		return NULL;
	for (const struct evidence *item = finding->evidence; item; item = item->next, filled++)
		items[filled] = (struct item){item, filled};
	qsort(items, count, sizeof(*items), compare_evidence_items);
	for (size_t i = 1; i < count; i++)
		repeated[items[i].index] =
			compare_evidence(items[i - 1].content, items[i].content) == 0;
	return repeated;
}

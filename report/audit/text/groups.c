/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "report/audit/text/next.h"
#include "report/audit/text/parts.h"
#include "report/audit/text/table.h"

/* The group below which a function stands: as the kernel formed it, or would by its rules. */
struct place {
	const struct pci_function *function;
	bool formed;
	int64_t number;                          /* of a group that was formed */
	const struct isolation_group *predicted; /* NULL: none is known */
	size_t order;
};

static struct place place_of(const struct audit *audit, size_t order)
{
	const struct pci_function *function = audit->selection.functions[order];
	const struct isolation_group *group = isolation_of(&audit->model.isolation, function);
	bool formed = fact_known(&function->group.fact);

	return (struct place){
		.function = function,
		.formed = formed,
		.number = formed ? function->group.value : 0,
		.predicted = !formed && group && group->known ? group : NULL,
		.order = order,
	};
}

/* Groups by number, then predicted ones by their first function, then what is in none. */
static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->formed != b->formed)
		return a->formed ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (!a->predicted != !b->predicted)
		return a->predicted ? -1 : 1;
	if (a->predicted != b->predicted)
		return a->predicted->functions[0] < b->predicted->functions[0] ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static bool is_same_group(const struct place *a, const struct place *b)
{
	return a->formed == b->formed && a->number == b->number && a->predicted == b->predicted;
}

static const char *group_name(struct text *text, const struct place *place)
{
	if (place->formed)
		return arena_printf(text->arena, "group %" PRId64, place->number);
	return place->predicted ? "predicted group" : "no group";
}

static int fill(struct function_table *table, const struct place *places, size_t count)
{
	struct libscols_line *group = NULL;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !is_same_group(&places[i - 1], &places[i]))
			group = function_table_heading(table, group_name(table->text, &places[i]));
		if (!group || function_table_add(table, group, "", places[i].function) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool has_predicted(const struct place *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (places[i].predicted)
			return true;
	}
	return false;
}

int text_groups(struct text *text, const struct audit *audit)
{
	size_t count = audit->selection.count;
	struct place *places = arena_array(text->arena, count + 1, sizeof(*places));
	struct function_table table;
	int result = function_table_begin(text, audit, true, &table);

	if (!places)
		result = -ENOMEM;
	for (size_t i = 0; result == 0 && i < count; i++)
		places[i] = place_of(audit, i);
	if (result == 0) {
		qsort(places, count, sizeof(*places), compare_places);
		result = fill(&table, places, count);
	}
	if (result == 0)
		result = function_table_print(&table);
	if (result == 0 && has_predicted(places, count))
		text_paragraph(text, 0, TEXT_DIM,
			       "predicted group: as the kernel would form it once the IOMMU is on");
	if (result == 0)
		text_next(&table);
	function_table_free(&table);
	return result;
}

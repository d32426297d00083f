/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/stacks/kinds.h"

#include <stdlib.h>

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_places(const void *a, const void *b)
{
	return (a > b) - (a < b);
}

int stack_by_ids(const struct pci_function *a, const struct pci_function *b)
{
	bool known = pci_knows_ids(a);

	if (known != pci_knows_ids(b))
		return known ? -1 : 1;
	if (!known)
		return compare_places(a, b);
	int result = compare_numbers(a->vendor.value, b->vendor.value);
	return result ? result : compare_numbers(a->device.value, b->device.value);
}

int stack_by_ids_and_group(const struct pci_function *a, const struct pci_function *b)
{
	int result = stack_by_ids(a, b);
	bool known = fact_known(&a->group.fact);

	if (result)
		return result;
	if (known != fact_known(&b->group.fact))
		return known ? -1 : 1;
	return known ? compare_numbers(a->group.value, b->group.value) : compare_places(a, b);
}

/* By what they are told apart by, then by place: of equals the first stands first. */
static int compare_functions(const void *left, const void *right, void *context)
{
	const struct pci_function *const *a = left, *const *b = right;
	const struct stack_kinds *kinds = context;
	int result = kinds->order_by(*a, *b);

	return result ? result : compare_places(*a, *b);
}

static int compare_forms(const void *left, const void *right, void *context)
{
	const struct hostdev_form *const *a = left, *const *b = right;
	const struct stack_kinds *kinds = context;
	int result = kinds->order_by((*a)->function, (*b)->function);

	return result ? result : compare_places(*a, *b);
}

bool stack_is_asked_for(const struct hostdev_form *form)
{
	return form->written && !form->companion_of;
}

const bool *stack_first_forms(const struct stack_order *order, stack_order_by *order_by)
{
	const struct hostdev_forms *forms = order->forms;
	struct stack_kinds kinds = {.order_by = order_by};
	bool *first = arena_array(order->arena, forms->count + 1, sizeof(*first));
	const struct hostdev_form **sorted =
		arena_array(order->arena, forms->count + 1, sizeof(*sorted));
	size_t count = 0;

	if (!first || !sorted)
		return NULL;
	for (size_t i = 0; i < forms->count; i++) {
		if (stack_is_asked_for(&forms->forms[i]))
			sorted[count++] = &forms->forms[i];
	}
	qsort_r(sorted, count, sizeof(*sorted), compare_forms, &kinds);
	for (size_t i = 0; i < count; i++)
		first[sorted[i] - forms->forms] =
			!i || order_by(sorted[i - 1]->function, sorted[i]->function) != 0;
	return first;
}

struct stack_kinds stack_kinds_of_host(const struct stack_order *order, stack_order_by *order_by)
{
	const struct pci *pci = &order->model->host->pci;
	struct stack_kinds kinds = {
		.functions = arena_array(order->arena, pci->count + 1, sizeof(*kinds.functions)),
		.order_by = order_by,
	};

	if (!kinds.functions)
		return kinds;
	for (; kinds.count < pci->count; kinds.count++)
		kinds.functions[kinds.count] = &pci->functions[kinds.count];
	qsort_r(kinds.functions, kinds.count, sizeof(*kinds.functions), compare_functions, &kinds);
	return kinds;
}

/* Returns where the first that is not before function stands. */
static size_t lower_bound(const struct stack_kinds *kinds, const struct pci_function *function)
{
	size_t first = 0, count = kinds->count;

	while (count > 0) {
		size_t half = count / 2;

		if (kinds->order_by(kinds->functions[first + half], function) < 0) {
			first += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return first;
}

struct stack_alike stack_alike(const struct stack_kinds *kinds, const struct pci_function *function)
{
	size_t first = lower_bound(kinds, function), end = first;

	while (end < kinds->count && kinds->order_by(kinds->functions[end], function) == 0)
		end++;
	return (struct stack_alike){
		.functions = kinds->functions ? kinds->functions + first : NULL,
		.count = end - first,
	};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/twins.h"

#include <stdlib.h>

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* By ids; of the same ids by their place in the host's list. */
static int compare_ids(const void *left, const void *right)
{
	const struct pci_function *a = *(const struct pci_function *const *)left;
	const struct pci_function *b = *(const struct pci_function *const *)right;
	int vendors = compare_numbers(a->vendor.value, b->vendor.value);
	int devices = compare_numbers(a->device.value, b->device.value);

	if (vendors || devices)
		return vendors ? vendors : devices;
	return (a > b) - (a < b);
}

static size_t collect(const struct pci *pci, const struct pci_function **ret)
{
	size_t count = 0;

	for (size_t i = 0; i < pci->count; i++) {
		if (pci_knows_ids(&pci->functions[i]))
			ret[count++] = &pci->functions[i];
	}
	return count;
}

static void note_run(struct twins *twins, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++) {
		size_t index = (size_t)(twins->sorted[i] - twins->pci->functions);
		twins->first[index] = begin;
		twins->counts[index] = end - begin;
	}
}

void twins_build(const struct host *host, struct arena *arena, struct twins *ret)
{
	size_t room = host->pci.count + 1, begin = 0;

	*ret = (struct twins){
		.pci = &host->pci,
		.sorted = arena_array(arena, room, sizeof(*ret->sorted)),
		.first = arena_array(arena, room, sizeof(*ret->first)),
		.counts = arena_array(arena, room, sizeof(*ret->counts)),
	};
	if (!ret->sorted || !ret->first || !ret->counts) {
		ret->counts = NULL;
		return;
	}
	size_t count = collect(&host->pci, ret->sorted);
	qsort(ret->sorted, count, sizeof(*ret->sorted), compare_ids);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && pci_same_ids(ret->sorted[i], ret->sorted[begin]))
			continue;
		note_run(ret, begin, i);
		begin = i;
	}
}

struct twin_list twins_of(const struct twins *twins, const struct pci_function *function)
{
	if (!twins->counts)
		return (struct twin_list){0};
	size_t index = (size_t)(function - twins->pci->functions);
	if (!twins->counts[index])
		return (struct twin_list){0};
	return (struct twin_list){
		.functions = twins->sorted + twins->first[index],
		.count = twins->counts[index],
	};
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/selection.h"

#include <errno.h>

#include "model/selector.h"

/* Marks what a selector names. A whole address names one function, and most selectors are one.
 * Returns how many it names. */
static size_t mark(const struct pci *pci, const char *selector, bool *marks)
{
	const struct pci_function *named = pci_find_name(pci, selector);
	size_t count = 0;

	if (named) {
		marks[named - pci->functions] = true;
		return 1;
	}
	for (size_t i = 0; i < pci->count; i++) {
		if (!selector_matches(selector, &pci->functions[i]))
			continue;
		marks[i] = true;
		count++;
	}
	return count;
}

int selection_build(const struct host *host, const char *const *selectors, size_t count,
		    struct arena *arena, struct selection *ret, const char **ret_culprit)
{
	const struct pci *pci = &host->pci;
	bool *marks = arena_array(arena, pci->count + 1, sizeof(*marks));
	struct selection selection = {
		.functions = arena_array(arena, pci->count + 1, sizeof(*selection.functions))};

	if (!marks || !selection.functions)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (mark(pci, selectors[i], marks) == 0) {
			*ret_culprit = selectors[i];
			return -ENOENT;
		}
	}
	for (size_t i = 0; i < pci->count; i++) {
		if (marks[i] || count == 0)
			selection.functions[selection.count++] = &pci->functions[i];
	}
	*ret = selection;
	return 0;
}

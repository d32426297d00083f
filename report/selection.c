/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/selection.h"

#include <errno.h>

#include "model/selector.h"

enum mark { NOT_NAMED, NAMED_WITH_OTHERS, NAMED_ALONE };

/* Marks what a selector names. A whole address names one function, and most selectors are one.
 * Returns how many it names. */
static size_t mark(const struct pci *pci, const char *selector, enum mark *marks)
{
	const struct pci_function *named = pci_find_name(pci, selector);
	size_t count = 0, last = 0;

	if (named) {
		marks[named - pci->functions] = NAMED_ALONE;
		return 1;
	}
	for (size_t i = 0; i < pci->count; i++) {
		if (!selector_matches(selector, &pci->functions[i]))
			continue;
		if (marks[i] == NOT_NAMED)
			marks[i] = NAMED_WITH_OTHERS;
		last = i;
		count++;
	}
	if (count == 1)
		marks[last] = NAMED_ALONE;
	return count;
}

int selection_build(const struct host *host, const char *const *selectors, size_t count,
		    struct arena *arena, struct selection *ret, const char **ret_culprit)
{
	const struct pci *pci = &host->pci;
	enum mark *marks = arena_array(arena, pci->count + 1, sizeof(*marks));
	struct selection selection = {
		.functions = arena_array(arena, pci->count + 1, sizeof(*selection.functions)),
		.alone = arena_array(arena, pci->count + 1, sizeof(*selection.alone)),
	};

	if (!marks || !selection.functions || !selection.alone)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (mark(pci, selectors[i], marks) == 0) {
			*ret_culprit = selectors[i];
			return -ENOENT;
		}
	}
	for (size_t i = 0; i < pci->count; i++) {
		if (marks[i] == NOT_NAMED && count > 0)
			continue;
		selection.alone[selection.count] = marks[i] == NAMED_ALONE;
		selection.functions[selection.count++] = &pci->functions[i];
	}
	*ret = selection;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/selection.h"

#include <errno.h>

#include "model/selector.h"

static bool is_selected(const char *const *selectors, size_t count,
			const struct pci_function *function)
{
	for (size_t i = 0; i < count; i++) {
		if (selector_matches(selectors[i], function))
			return true;
	}
	return count == 0;
}

int selection_build(const struct host *host, const char *const *selectors, size_t count,
		    struct arena *arena, struct selection *ret, const char **ret_culprit)
{
	const struct pci *pci = &host->pci;
	struct selection selection = {0};

	for (size_t i = 0; i < count; i++) {
		if (selector_count(selectors[i], host) == 0) {
			*ret_culprit = selectors[i];
			return -ENOENT;
		}
	}
	selection.functions = arena_array(arena, pci->count, sizeof(*selection.functions));
	if (!selection.functions)
		return -ENOMEM;
	for (size_t i = 0; i < pci->count; i++) {
		if (is_selected(selectors, count, &pci->functions[i]))
			selection.functions[selection.count++] = &pci->functions[i];
	}
	*ret = selection;
	return 0;
}

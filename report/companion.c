/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/companion.h"

static const char *count_companions(struct arena *arena, const struct pci_function *function,
				    const struct assignable *assignable)
{
	return arena_printf(arena,
			    "%zu others of its group must leave their drivers first: passcheck "
			    "plan %s names them",
			    assignable->companion_count, function->name);
}

const char *companion_clause(struct arena *arena, const struct pci_function *function,
			     const struct assignable *assignable, size_t index)
{
	if (assignable->companion_count > MOST_COMPANIONS_LISTED)
		return index ? NULL : count_companions(arena, function, assignable);
	if (index >= assignable->companion_count)
		return NULL;
	return arena_printf(arena, "%s must leave %s first", assignable->companions[index]->name,
			    assignable->companions[index]->driver.text);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/companion.h"

#include "model/assign/leaving.h"

static const char *count_companions(struct arena *arena, const struct pci_function *function,
				    const struct assignable *assignable)
{
	return arena_printf(arena,
			    "%zu others of its group must leave their drivers first: passcheck "
			    "plan %s names them",
			    assignable->companion_count, function->name);
}

const char *companion_clause(struct arena *arena, const struct assignability *assignability,
			     const struct pci_function *function, size_t *next)
{
	const struct assignable *assignable = assignability_of(assignability, function);

	if (assignable->verdict == ASSIGNABLE_BLOCKED)
		return NULL;
	if (assignable->companion_count > MOST_COMPANIONS_LISTED)
		return (*next)++ ? NULL : count_companions(arena, function, assignable);
	/* One that the host needs leaves no driver: a blocker says so. */
	while (*next < assignable->companion_count &&
	       assignable_companion_use(assignable, assignable->companions[*next]))
		(*next)++;
	if (*next >= assignable->companion_count)
		return NULL;
	const struct pci_function *companion = assignable->companions[(*next)++];
	if (leaving_with(assignability, companion, function) == LEAVING_ALONG)
		return arena_printf(arena, "%s leaves the host with it", companion->name);
	return arena_printf(arena, "%s must leave %s first", companion->name,
			    companion->driver.text);
}

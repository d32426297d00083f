/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_SELECTION_H
#define PASSCHECK_REPORT_SELECTION_H

#include "host/host.h"

/* The functions that a document is about, by address. */
struct selection {
	const struct pci_function **functions;
	size_t count;
	bool *alone; /* of each: a selector names it, and no other */
};

/*
 * Finds the functions that selectors (model/selector.h) name, or all where count is 0, in memory of
 * arena. Returns 0; -ENOENT where one names no function, with *ret_culprit that one; or -ENOMEM.
 */
int selection_build(const struct host *host, const char *const *selectors, size_t count,
		    struct arena *arena, struct selection *ret, const char **ret_culprit);

#endif

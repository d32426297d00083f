/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_PAPER_H
#define PASSCHECK_TESTS_SUPPORT_PAPER_H

#include "model/model.h"

enum { PAPER_FUNCTIONS = 8 };

/* A host on paper: functions and what the engines are said to conclude of them. */
struct paper {
	struct arena *arena;
	struct host host;
	struct model model;
	struct pci_function functions[PAPER_FUNCTIONS]; /* in the order of their addresses */
	struct assignable judgements[PAPER_FUNCTIONS]; /* assignable unless a test says otherwise */
	const struct host_use *uses[PAPER_FUNCTIONS];
};

/* For cmocka: makes a host without functions, and frees it. */
int paper_setup(void **state);
int paper_teardown(void **state);

/* Adds an endpoint in an IOMMU group, held by a driver (NULL: none). */
struct pci_function *paper_function(struct paper *paper, const char *address, int64_t group,
				    const char *driver);

/* Says that a function can go only with these companions. */
void paper_companions(struct paper *paper, const struct pci_function *function,
		      const struct pci_function *companion);

/* Says that a function cannot go, or that it is not known. */
void paper_verdict(struct paper *paper, const struct pci_function *function,
		   enum assignable_verdict verdict, enum blocker_kind kind, const char *why);

#endif

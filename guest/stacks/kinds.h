/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_STACKS_KINDS_H
#define PASSCHECK_GUEST_STACKS_KINDS_H

#include "guest/stacks/stack.h"

/*
 * Functions by what a stack tells them apart by. They are sorted, so a host of many takes no
 * longer for each than one of few.
 */

/* Orders functions by what they are told apart by, as qsort(3) wants it. One of which that is not
 * known is like no other. */
typedef int stack_order_by(const struct pci_function *a, const struct pci_function *b);

/* By vendor and device. */
int stack_by_ids(const struct pci_function *a, const struct pci_function *b);

/* By vendor, device and group. */
int stack_by_ids_and_group(const struct pci_function *a, const struct pci_function *b);

/* Returns whether the form is written, and was asked for itself. */
bool stack_is_asked_for(const struct hostdev_form *form);

/* Returns for each form whether it is asked for, and the first of those that are alike; NULL where
 * memory, which comes from the order's arena, is short. */
const bool *stack_first_forms(const struct stack_order *order, stack_order_by *order_by);

/* Functions that are alike, by address. */
struct stack_alike {
	const struct pci_function *const *functions;
	size_t count;
};

/* All functions of a host, those together that are alike. */
struct stack_kinds {
	const struct pci_function **functions; /* NULL where memory was short */
	size_t count;
	stack_order_by *order_by;
};

/* Sorts the functions of the order's host. Memory comes from its arena; short memory marks it. */
struct stack_kinds stack_kinds_of_host(const struct stack_order *order, stack_order_by *order_by);

/* Returns the functions that are like function, itself among them. */
struct stack_alike stack_alike(const struct stack_kinds *kinds,
			       const struct pci_function *function);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BASE_NUMBER_SET_H
#define PASSCHECK_HOST_BASE_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CONFIG_NR_CPUS is at most 8192 (arch/x86/Kconfig); nodes are fewer. */
enum { NUMBER_SET_SIZE = 8192 };

/* A set of processors or of NUMA nodes. */
struct number_set {
	uint64_t words[NUMBER_SET_SIZE / 64];
};

/*
 * Parses a list as the kernel ("0-3,8") and libvirt ("0-7,^5") write it, white space around it
 * allowed; an empty list is the empty set. Returns whether it is one of numbers below
 * NUMBER_SET_SIZE; *ret is untouched otherwise.
 */
bool number_set_parse(const char *text, struct number_set *ret);

bool number_set_has(const struct number_set *set, size_t number);
bool number_set_is_empty(const struct number_set *set);
size_t number_set_count(const struct number_set *set);

/* Returns whether the two have a number in common. */
bool number_set_overlaps(const struct number_set *a, const struct number_set *b);

/* Adds every number of other to set. */
void number_set_unite(struct number_set *set, const struct number_set *other);
void number_set_add(struct number_set *set, size_t number);

#endif

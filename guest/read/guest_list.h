/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_GUEST_LIST_H
#define PASSCHECK_GUEST_READ_GUEST_LIST_H

#include "guest/read/device_list.h"

/* What a text that is not XML holds, on its way. */
struct guest_list {
	struct arena *arena;
	struct domain_document *items;
	size_t count;
	size_t capacity;
	int error; /* the first, negative errno */
	const char *why;
};

/* Appends a document of that kind, empty, and returns it until the next is appended; NULL where
 * memory is short, which is the list's error. */
struct domain_document *guest_list_add(struct guest_list *list, enum domain_document_kind kind);

/* Appends a document of that kind with the domain of devices, and takes the error of these. */
void guest_list_add_domain(struct guest_list *list, enum domain_document_kind kind,
			   const struct device_list *devices);

/* Notes what is wrong in a line, unless something was before. */
void guest_list_fail(struct guest_list *list, int error, unsigned line, const char *what);

/* Takes the error of a part of the text, unless there was one before. */
void guest_list_take(struct guest_list *list, int error, const char *why);

#endif

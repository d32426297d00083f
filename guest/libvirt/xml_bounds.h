/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_XML_BOUNDS_H
#define PASSCHECK_GUEST_LIBVIRT_XML_BOUNDS_H

#include <stddef.h>

#include "host/base/arena.h"

enum {
	/* libxml2 compares the attributes of an element in pairs: a hundred thousand take it hours.
	 */
	LIMIT_DOMAIN_ATTRIBUTES = 256,
	/* Its dictionary of names stops growing, and lookups become slower with each. The schema of
	 * domains has some hundred. */
	LIMIT_DOMAIN_NAMES = 2048,
};

/*
 * Says before a document is parsed whether the parser is to see it: its tags have no more
 * attributes and names, in whatever encoding, and it has no document type, which could add some.
 * Returns 0; -EFBIG or -EBADMSG and why not, in memory of the arena; or -ENOMEM.
 */
int xml_bounds_check(struct arena *arena, const char *bytes, size_t length, const char **ret_why);

/*
 * Returns the bytes of the first of the elements that follow one another in a text without NUL
 * whose tags are bounded, with what stands before it, and, where no other follows, with what stands
 * behind it. All of them where the element is not closed.
 */
size_t xml_root_length(const char *bytes, size_t length);

/* Returns how many ends of lines the bytes have. */
unsigned xml_count_lines(const char *bytes, size_t length);

#endif

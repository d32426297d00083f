/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_XML_BOUNDS_H
#define PASSCHECK_GUEST_LIBVIRT_XML_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

/* libxml2 compares the attributes of an element in pairs: a hundred thousand take it hours. */
enum { LIMIT_DOMAIN_ATTRIBUTES = 256 };

/* Returns whether no tag of the document has more attributes. Asked before the document is parsed.
 */
bool xml_tags_are_bounded(const char *bytes, size_t length);

/*
 * Returns the bytes of the first of the elements that follow one another in a text without NUL
 * whose tags are bounded, with what stands before it, and, where no other follows, with what stands
 * behind it. All of them where the element is not closed.
 */
size_t xml_root_length(const char *bytes, size_t length);

#endif

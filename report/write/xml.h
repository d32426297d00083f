/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_XML_H
#define PASSCHECK_REPORT_WRITE_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "host/pci/pci_address.h"

/*
 * XML on its way out. The one who writes it chooses what its first members are and leaves the rest
 * zero. Text and attributes are valid UTF-8 without control characters (report/write/words.h);
 * markup in them is escaped here. Names of elements live until their element ends.
 *
 * Short memory marks the document, of which nothing more is written: whoever writes it asks once,
 * xml_close().
 */
struct xml {
	FILE *out;
	const char *indent; /* stands once for each open element before an element in a line of its
			     * own; NULL: lines end where xml_raw() ends them */
	char quote;         /* around attributes */

	const char **names; /* of the open elements */
	size_t depth;
	size_t capacity;
	bool in_tag;   /* of the innermost, whose attributes may follow */
	bool has_text; /* the innermost has, and so ends in the same line */
	bool failed;
};

/* Says that an XML document follows. */
void xml_declare(struct xml *xml);

void xml_start(struct xml *xml, const char *name);
/* Ends the innermost element, shortly where nothing is in it. */
void xml_end(struct xml *xml);
/* Ends the innermost element with a tag in any case, as HTML wants it. */
void xml_end_with_tag(struct xml *xml);

/* Adds an attribute to the element begun last. */
void xml_attribute(struct xml *xml, const char *name, const char *value);
void xml_attribute_format(struct xml *xml, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void xml_text(struct xml *xml, const char *text);
/* Writes what needs no escape. */
void xml_raw(struct xml *xml, const char *text);
/* text is without "--", and does not end in "-". */
void xml_comment(struct xml *xml, const char *text);

/* Writes an element that holds text alone. */
void xml_text_element(struct xml *xml, const char *name, const char *text);
void xml_text_element_format(struct xml *xml, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The attributes of an address: numbers with 0x, for libvirt takes them for decimal or octal
 * otherwise. */
void xml_address_attributes(struct xml *xml, const struct pci_address *address);

/* Ends all elements that are open. Returns 0 or -ENOMEM. */
int xml_close(struct xml *xml);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_XML_H
#define PASSCHECK_REPORT_WRITE_XML_H

#include <stdio.h>

#include "host/library/libxml2.h"
#include "host/pci/pci_address.h"

/*
 * XML on its way out, by the writer of libxml2. Text and attributes are valid UTF-8 without control
 * characters (report/write/words.h); markup in them is escaped here.
 *
 * What fails marks the document, of which nothing more is written: whoever writes it asks once,
 * xml_close().
 */
struct xml {
	xmlTextWriterPtr writer;
	char quote; /* around attributes */
	int error;  /* negative errno of what failed first, or 0 */
};

/*
 * Begins what xml_close() ends, on out, which stays open. indent stands once for each open element
 * before an element in a line of its own; NULL: lines end where xml_raw() ends them. quote stands
 * around attributes.
 */
void xml_open(struct xml *xml, FILE *out, const char *indent, char quote);

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

/* Ends all elements that are open, and the last line. Returns 0; -ENOMEM; -ELIBACC
 * (host/library/libraries.h). */
int xml_close(struct xml *xml);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DOMAIN_PARSER_H
#define PASSCHECK_GUEST_LIBVIRT_DOMAIN_PARSER_H

#include <libxml/xmlreader.h>

#include "guest/libvirt/domain.h"

/* How domain_xml.c goes through a text, and domain_elements.c takes what the elements say. */
struct domain_parser {
	struct arena *arena;
	xmlTextReaderPtr reader;
	struct domain_documents documents;
	size_t document_capacity;
	struct domain_document *document;        /* that is being read */
	unsigned lines_before;                   /* this root */
	const xmlChar *path[LIMIT_DOMAIN_DEPTH]; /* names of the open elements, the reader's */
	size_t depth;
	char text[LIMIT_DOMAIN_TEXT + 1]; /* of the innermost element */
	size_t text_length;
	const char *memory_unit; /* of the innermost <memory> or <hard_limit> */
	const char *option; /* of QEMU, of the <qemu:arg> before; NULL: that was not an option */
	size_t device_capacity;
	size_t function_capacity;
	int error; /* of the first that went wrong, negative errno */
	const char *why;
};

/* What is done where an element opens, and where it closes with its text read. */
struct domain_element {
	const char *path; /* "*" stands for any name */
	void (*open)(struct domain_parser *parser);
	void (*close)(struct domain_parser *parser);
};

/* Returns the line of the current element, counted from the first of the text. */
unsigned domain_parser_line(struct domain_parser *parser);

/* Notes what is wrong in that line, a negative errno, unless something was before. */
void domain_parser_fail(struct domain_parser *parser, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Returns what is done with the innermost of the open elements, or NULL for nothing. */
const struct domain_element *domain_element_find(const struct domain_parser *parser);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DOMAIN_PARSER_H
#define PASSCHECK_GUEST_LIBVIRT_DOMAIN_PARSER_H

#include "guest/libvirt/domain.h"
#include "host/library/libxml2.h"

/* A text on its way through domain_xml.c, and what domain_elements.c has taken of it. */
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
	const char *entry;       /* the name of the innermost <entry> of <sysinfo> */
	const char *option; /* of QEMU, of the <qemu:arg> before; NULL: that was not an option */
	size_t device_capacity;
	size_t function_capacity;
	int error; /* of the first that went wrong, negative errno */
	const char *why;
};

/* Returns the line of the current element, counted from the first of the text. */
unsigned domain_parser_line(struct domain_parser *parser);

/* Notes what is wrong in that line, a negative errno, unless something was before. */
void domain_parser_fail(struct domain_parser *parser, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif

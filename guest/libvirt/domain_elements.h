/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DOMAIN_ELEMENTS_H
#define PASSCHECK_GUEST_LIBVIRT_DOMAIN_ELEMENTS_H

#include "guest/libvirt/domain_parser.h"

/* What is done where an element opens, and where it closes with its text read. */
struct domain_element {
	const char *path; /* "*" stands for any name */
	void (*open)(struct domain_parser *parser);
	void (*close)(struct domain_parser *parser);
};

/* Returns what is done with the innermost of the open elements, or NULL for nothing. */
const struct domain_element *domain_element_find(const struct domain_parser *parser);

#endif

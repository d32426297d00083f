/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DOMAIN_XML_H
#define PASSCHECK_GUEST_LIBVIRT_DOMAIN_XML_H

#include "guest/libvirt/domain.h"

/*
 * Parses length bytes of XML, without network, entities or document types: one root, or several
 * that follow one another, as `passcheck --format xml` writes them. Memory comes from arena; short
 * memory marks it. Returns 0; -ELIBACC (host/library/libraries.h); -EBADMSG where it is no XML,
 * something that is not read, or a value is one that libvirt refuses too, with *ret_why a sentence
 * that names the line; -EFBIG beyond a limit, also with *ret_why; -ENOMEM.
 *
 * Numbers follow libvirt: hex with 0x, octal with a leading 0, decimal otherwise.
 */
int domain_xml_parse(struct arena *arena, const char *bytes, size_t length,
		     struct domain_documents *ret, const char **ret_why);

#endif

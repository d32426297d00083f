/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_XML_H
#define PASSCHECK_REPORT_WRITE_XML_H

#include <libxml/xmlwriter.h>
#include <stdio.h>

#include "host/pci/pci.h"

/* Begins an indented document on out, which stays open. Returns the writer, or NULL where memory is
 * short. */
xmlTextWriterPtr xml_open(FILE *out);

/* Ends what is still open, and frees the writer. Returns a negative number where memory was short.
 */
int xml_close(xmlTextWriterPtr writer);

/* What XML is made of. The functions return a negative number where memory is short, as libxml2's
 * writer does. */
int xml_start(xmlTextWriterPtr writer, const char *name);
int xml_end(xmlTextWriterPtr writer);
int xml_attribute(xmlTextWriterPtr writer, const char *name, const char *value);
int xml_text(xmlTextWriterPtr writer, const char *text);
int xml_text_element(xmlTextWriterPtr writer, const char *name, const char *text);

/* The attributes of an address: numbers with 0x, for libvirt takes them for decimal or octal
 * otherwise. */
int xml_address_attributes(xmlTextWriterPtr writer, const struct pci_address *address);

#endif

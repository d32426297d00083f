/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_XML_H
#define PASSCHECK_REPORT_WRITE_XML_H

#include <libxml/xmlwriter.h>

#include "report/report.h"

/*
 * Writes one form as XML: a comment with the verdict and what to know of it, then one element that
 * `virsh attach-device`, net-define, pool-define or nodedev-create takes. Returns 0, or -ENOMEM;
 * errors of out are left to its owner.
 */
int xml_write_form(const struct report *report, const struct hostdev_form *form, FILE *out);

/*
 * The elements, each in a file of its own, report/xml_NAME.c. Return a negative number where memory
 * is short, as libxml2's writer does.
 */
int xml_hostdev(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
		const struct hostdev_options *options);
int xml_network(xmlTextWriterPtr writer, const struct hostdev_form *form,
		const struct hostdev_options *options);
int xml_vport_pool(xmlTextWriterPtr writer, const struct hostdev_form *form,
		   const struct hostdev_options *options);
int xml_vport_device(xmlTextWriterPtr writer, const struct hostdev_form *form,
		     const struct hostdev_options *options);

int xml_lun(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
	    const struct hostdev_options *options);

/* An attribute, and the attributes of an address: numbers with 0x, for libvirt takes them for
 * decimal or octal otherwise. */
int xml_attribute(xmlTextWriterPtr writer, const char *name, const char *value);
int xml_address_attributes(xmlTextWriterPtr writer, const struct pci_address *address);
int xml_start(xmlTextWriterPtr writer, const char *name);
int xml_end(xmlTextWriterPtr writer);
int xml_text_element(xmlTextWriterPtr writer, const char *name, const char *text);

#endif

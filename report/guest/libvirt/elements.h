/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_GUEST_LIBVIRT_ELEMENTS_H
#define PASSCHECK_REPORT_GUEST_LIBVIRT_ELEMENTS_H

#include "guest/hostdev/form.h"
#include "report/write/xml.h"

/* The element of a form, by its kind, each in a file of its own. Return a negative number where
 * memory is short. */
int xml_hostdev(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
		const struct hostdev_options *options);
int xml_network(xmlTextWriterPtr writer, const struct hostdev_form *form,
		const struct hostdev_options *options);
int xml_network_interface(xmlTextWriterPtr writer, const struct hostdev_options *options);
int xml_vport_pool(xmlTextWriterPtr writer, const struct hostdev_form *form,
		   const struct hostdev_options *options);
int xml_vport_device(xmlTextWriterPtr writer, const struct hostdev_form *form,
		     const struct hostdev_options *options);
int xml_mdev_device(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
		    const struct hostdev_options *options);
int xml_mdev_hostdev(xmlTextWriterPtr writer, const struct hostdev_options *options);
int xml_lun(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
	    const struct hostdev_options *options);

/* Parts of an interface: <mac>, and <teaming> as the part of a team that goes. */
int xml_mac(xmlTextWriterPtr writer, const char *mac);
int xml_teaming(xmlTextWriterPtr writer, const char *persistent);

#endif

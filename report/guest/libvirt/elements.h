/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_GUEST_LIBVIRT_ELEMENTS_H
#define PASSCHECK_REPORT_GUEST_LIBVIRT_ELEMENTS_H

#include "guest/hostdev/form.h"
#include "report/write/xml.h"

/* The element of a form, by its kind, each in a file of its own. */
void xml_hostdev(struct xml *xml, struct arena *arena, const struct hostdev_form *form,
		 const struct hostdev_options *options);
void xml_network(struct xml *xml, const struct hostdev_form *form,
		 const struct hostdev_options *options);
void xml_network_interface(struct xml *xml, const struct hostdev_options *options);
void xml_vport_pool(struct xml *xml, const struct hostdev_form *form,
		    const struct hostdev_options *options);
void xml_vport_device(struct xml *xml, const struct hostdev_form *form,
		      const struct hostdev_options *options);
void xml_mdev_device(struct xml *xml, struct arena *arena, const struct hostdev_form *form,
		     const struct hostdev_options *options);
void xml_mdev_hostdev(struct xml *xml, const struct hostdev_options *options);
void xml_lun(struct xml *xml, struct arena *arena, const struct hostdev_form *form,
	     const struct hostdev_options *options);

/* Parts of an interface: <mac>, and <teaming> as the part of a team that goes. */
void xml_mac(struct xml *xml, const char *mac);
void xml_teaming(struct xml *xml, const char *persistent);

#endif

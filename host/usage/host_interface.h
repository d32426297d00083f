/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_HOST_INTERFACE_H
#define PASSCHECK_HOST_USAGE_HOST_INTERFACE_H

#include "host/access/root.h"

/* The structures of SMBIOS, one behind another, which root alone may read. */
#define HOST_INTERFACE_TABLE "/sys/firmware/dmi/tables/DMI"

enum { MOST_HOST_INTERFACES = 8 };

/* Ids of a USB device. */
struct usb_ids {
	uint16_t vendor;
	uint16_t product;
};

/* The USB devices by which the host speaks with its management controller, as firmware says. */
struct host_interfaces {
	struct usb_ids ids[MOST_HOST_INTERFACES];
	size_t count;
	bool read;        /* the table was asked for */
	struct fact fact; /* and this came of it */
};

/*
 * Finds them in a table: structures of type 42, Management Controller Host Interface (DSP0134), of
 * the type network, whose device is of USB or USB v2 (DSP0270, 8.3). A table that was not read, or
 * is cut short, has what stands in it whole.
 */
void host_interfaces_parse(const struct fact_text *table, struct host_interfaces *ret);

/* Returns a table of these devices alone, in memory of arena: others hold serial numbers. */
struct fact_text host_interfaces_trim(struct arena *arena, const struct fact_text *table);

#endif

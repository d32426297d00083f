/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/bmc_link.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

static const struct usb_ids of_controllers[] = {
	{0x413c, 0xa102}, /* iDRAC of Dell: 71-biosdevname.rules */
	{0x04b3, 0x0325}, /* IMM of IBM: udev rules of SUSE */
	{0x046b, 0xffb0}, /* "Virtual Ethernet" of AMI: usb.ids */
	{0x0b1f, 0x03ee}, /* "RNDIS/Ethernet Gadget" of Insyde: usb.ids */
	/* The hub that an Aspeed chip shows above its devices, whatever their own ids:
	 * drivers/usb/gadget/udc/aspeed-vhub/hub.c. */
	{0x1d6b, 0x0107},
};

static bool is_in(const struct usb_ids *list, size_t count, const struct usb_ids *ids)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].vendor == ids->vendor && list[i].product == ids->product)
			return true;
	}
	return false;
}

/* "413c", as sysfs writes it. */
static bool read_id(struct root *root, struct arena *arena, const char *device, const char *name,
		    uint16_t *ret)
{
	struct fact_text text = root_read_line(root, arena, arena_path(arena, device, name));
	char *end;

	if (!fact_known(&text.fact) || !isxdigit((unsigned char)*text.text))
		return false;
	unsigned long value = strtoul(text.text, &end, 16);
	*ret = (uint16_t)value;
	return !*end && value <= UINT16_MAX;
}

static bool is_of_controller(struct root *root, struct arena *arena, const char *device,
			     const struct host_interfaces *interfaces)
{
	struct usb_ids ids = {0};

	return read_id(root, arena, device, "idVendor", &ids.vendor) &&
	       read_id(root, arena, device, "idProduct", &ids.product) &&
	       (is_in(of_controllers, ARRAY_LENGTH(of_controllers), &ids) ||
		is_in(interfaces->ids, interfaces->count, &ids));
}

/* "1-14.2"; its interfaces are "1-14.2:1.0": Documentation/ABI/testing/sysfs-bus-usb. */
static bool is_usb_device(const char *name)
{
	return name[0] >= '0' && name[0] <= '9' && strchr(name, '-') && !strchr(name, ':');
}

static bool is_of_usb(const char *folder)
{
	const char *net = strstr(folder, "/net/"), *usb = strstr(folder, "/usb");

	return net && usb && usb < net;
}

static void read_table(struct root *root, struct arena *arena, struct host_interfaces *interfaces)
{
	if (interfaces->read)
		return;
	const struct fact_text table =
		root_read(root, arena, HOST_INTERFACE_TABLE, LIMIT_ACPI_TABLE);
	host_interfaces_parse(&table, interfaces);
	interfaces->read = true;
}

/* "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-14/1-14.1/1-14.1:2.0/net/usb0": from below the
 * interface up to the root hub. */
bool bmc_link_is(struct root *root, struct arena *arena, const char *folder,
		 struct host_interfaces *interfaces)
{
	char *path, *slash;

	if (!is_of_usb(folder))
		return false;
	path = arena_copy(arena, folder, (size_t)(strstr(folder, "/net/") - folder));
	read_table(root, arena, interfaces);
	while ((slash = strrchr(path, '/')) && !begins_with(slash, "/usb")) {
		if (is_usb_device(slash + 1) && is_of_controller(root, arena, path, interfaces))
			return true;
		*slash = '\0';
	}
	return false;
}

const struct fact *bmc_link_doubt(const char *folder, const struct host_interfaces *interfaces)
{
	return is_of_usb(folder) && interfaces->read && !fact_settled(&interfaces->fact)
		       ? &interfaces->fact
		       : NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/bmc_link.h"

#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"

/* As sysfs writes them. */
struct usb_ids {
	const char *vendor;
	const char *product;
};

static const struct usb_ids of_controllers[] = {
	{"413c", "a102"}, /* iDRAC of Dell: 71-biosdevname.rules */
	{"04b3", "0325"}, /* IMM of IBM: udev rules of SUSE */
	{"046b", "ffb0"}, /* "Virtual Ethernet" of AMI: usb.ids */
	{"0b1f", "03ee"}, /* "RNDIS/Ethernet Gadget" of Insyde: usb.ids */
	/* The hub that an Aspeed chip shows above its devices, whatever their own ids:
	 * drivers/usb/gadget/udc/aspeed-vhub/hub.c. */
	{"1d6b", "0107"},
};

static bool is_of_controller(struct root *root, struct arena *arena, const char *device)
{
	struct fact_text vendor =
		root_read_line(root, arena, arena_path(arena, device, "idVendor"));
	struct fact_text product =
		root_read_line(root, arena, arena_path(arena, device, "idProduct"));

	if (!fact_known(&vendor.fact) || !fact_known(&product.fact))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(of_controllers); i++) {
		if (strcmp(vendor.text, of_controllers[i].vendor) == 0 &&
		    strcmp(product.text, of_controllers[i].product) == 0)
			return true;
	}
	return false;
}

/* "1-14.2"; its interfaces are "1-14.2:1.0": Documentation/ABI/testing/sysfs-bus-usb. */
static bool is_usb_device(const char *name)
{
	return name[0] >= '0' && name[0] <= '9' && strchr(name, '-') && !strchr(name, ':');
}

/* "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-14/1-14.1/1-14.1:2.0/net/usb0": from below the
 * interface up to the root hub. */
bool bmc_link_is(struct root *root, struct arena *arena, const char *folder)
{
	const char *net = strstr(folder, "/net/");
	char *path = net ? arena_copy(arena, folder, (size_t)(net - folder)) : NULL, *slash;

	if (!path || !strstr(path, "/usb"))
		return false;
	while ((slash = strrchr(path, '/')) && !begins_with(slash, "/usb")) {
		if (is_usb_device(slash + 1) && is_of_controller(root, arena, path))
			return true;
		*slash = '\0';
	}
	return false;
}

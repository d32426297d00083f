/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "guest/stacks/stack.h"
#include "host/base/buffer.h"

/* Returns the first display of the device, or NULL. */
static const struct pci_function *find_display(const struct stack_device *device)
{
	for (size_t i = 0; i < device->count; i++) {
		const struct pci_function *function = device->functions[i]->function;
		if (pci_base_class(function) == PCI_BASE_CLASS_DISPLAY)
			return function;
	}
	return NULL;
}

static void add_function(const struct pci_function *function, bool display, struct buffer *text)
{
	const struct pci_address *address = &function->address;

	buffer_item(text, "  pci-%04x-%02x-%02x-%x:", address->domain, address->bus,
		    address->device, address->function);
	if (display)
		buffer_item(text, "    type: gpu\n    gputype: physical\n    pci: \"%s\"",
			    function->name);
	else
		buffer_item(text, "    type: pci\n    address: \"%s\"", function->name);
}

/* A gpu takes all functions of its slot along that are in its group; a pci device itself alone
 * (internal/server/device/gpu_physical.go and pci.go). */
static void add_device(const struct stack_device *device, struct buffer *text)
{
	const struct pci_function *display = find_display(device);

	if (display)
		add_function(display, true, text);
	for (size_t i = 0; i < device->count; i++) {
		const struct pci_function *function = device->functions[i]->function;
		if (function == display)
			continue;
		if (display && pci_same_group(display, function))
			buffer_item(text, "  # Incus takes %s along with it.", function->name);
		else
			add_function(function, false, text);
	}
}

static const char *write(const struct stack_order *order)
{
	struct stack_devices devices = stack_devices_of(order);
	struct buffer text = {.arena = order->arena, .separator = "\n"};

	buffer_item(&text, "# For a virtual machine: incus config edit INSTANCE.");
	buffer_item(&text, "devices:");
	for (size_t i = 0; i < devices.count; i++)
		add_device(&devices.devices[i], &text);
	return arena_printf(order->arena, "%s\n", buffer_text(&text));
}

const struct stack stack_incus = {
	.name = "incus",
	.title = "Incus",
	.target =
		{
			.word = "configuration of Incus",
			.taker = "Incus",
			.largest_domain = HOSTDEV_LARGEST_DOMAIN,
			.binds = true,
		},
	.write = write,
};

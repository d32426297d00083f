/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/stacks/stack.h"
#include "host/base/buffer.h"

/* docs/vfio.md of Cloud Hypervisor: several values stand behind one --device. */
static const char *write(const struct stack_order *order)
{
	struct stack_devices devices = stack_devices_of(order);
	struct buffer text = {.arena = order->arena, .separator = " \\\n  "};

	buffer_item(&text, "cloud-hypervisor --device");
	for (size_t i = 0; i < devices.count; i++) {
		for (size_t k = 0; k < devices.devices[i].count; k++)
			buffer_item(&text, "path=/sys/bus/pci/devices/%s/",
				    devices.devices[i].functions[k]->function->name);
	}
	return arena_printf(order->arena,
			    "# Add kernel, disks and memory. The functions are on vfio-pci before: "
			    "passcheck plan FUNCTION...\n%s\n",
			    buffer_text(&text));
}

const struct stack stack_cloud_hypervisor = {
	.name = "cloud-hypervisor",
	.title = "Cloud Hypervisor",
	.target =
		{
			.word = "command for Cloud Hypervisor",
			.taker = "Cloud Hypervisor",
			.largest_domain = UINT32_MAX,
		},
	.write = write,
};

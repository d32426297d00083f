/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/stacks/stack.h"

#include <string.h>

#include "host/base/array.h"

/* Numbers of the devices of guest buses, from 1; 0: none yet. */
struct slots {
	size_t devices[UINT8_MAX + 1];
};

const struct stack *const stack_registry[] = {
	&stack_qemu, &stack_proxmox, &stack_kubevirt,         &stack_sriov_policy,
	&stack_nova, &stack_incus,   &stack_cloud_hypervisor,
};

const size_t stack_registry_count = ARRAY_LENGTH(stack_registry);

const struct stack *stack_find(const char *name)
{
	for (size_t i = 0; i < stack_registry_count; i++) {
		if (strcmp(stack_registry[i]->name, name) == 0)
			return stack_registry[i];
	}
	return NULL;
}

bool stack_has_plan(const struct stack *stack)
{
	return !stack->target.makes_vfs;
}

/* Returns the device of the form, a new one where its slot has none yet. */
static struct stack_device *find_device(struct stack_devices *devices, struct slots *slots,
					const struct hostdev_form *form)
{
	size_t *number = &slots->devices[form->guest.bus];

	if (form->place != HOSTDEV_PLACE_SLOT)
		return &devices->devices[devices->count++];
	if (!*number)
		*number = ++devices->count;
	return &devices->devices[*number - 1];
}

/* Makes room for the functions of each device in one array. */
static bool make_room(const struct stack_order *order, struct stack_devices *devices)
{
	const struct hostdev_form **room =
		arena_array(order->arena, order->forms->count + 1, sizeof(*room));

	for (size_t i = 0; room && i < devices->count; i++) {
		devices->devices[i].functions = room;
		room += devices->devices[i].count;
		devices->devices[i].count = 0;
	}
	return room;
}

static void add_function(struct stack_device *device, const struct hostdev_form *form)
{
	size_t at = device->count++;

	if (form->multifunction && at) {
		memmove(device->functions + 1, device->functions, at * sizeof(*device->functions));
		at = 0;
	}
	device->functions[at] = form;
}

struct stack_devices stack_devices_of(const struct stack_order *order)
{
	const struct hostdev_forms *forms = order->forms;
	struct stack_devices devices = {
		.devices = arena_array(order->arena, forms->count + 1, sizeof(*devices.devices)),
	};
	struct slots counted = {0}, filled = {0};

	for (size_t i = 0; devices.devices && i < forms->count; i++) {
		if (forms->forms[i].written)
			find_device(&devices, &counted, &forms->forms[i])->count++;
	}
	if (!devices.devices || !make_room(order, &devices))
		return (struct stack_devices){0};
	devices.count = 0;
	for (size_t i = 0; i < forms->count; i++) {
		if (forms->forms[i].written)
			add_function(find_device(&devices, &filled, &forms->forms[i]),
				     &forms->forms[i]);
	}
	return devices;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/device_list.h"

#include <errno.h>

void device_list_fail(struct device_list *list, int error, unsigned line, const char *what)
{
	if (list->error)
		return;
	list->error = error;
	list->why = arena_printf(list->arena, "line %u: %s", line, what);
}

void device_list_add(struct device_list *list, const struct domain_device *device)
{
	struct domain *domain = list->domain;

	if (domain->device_count == LIMIT_DOMAIN_DEVICES) {
		device_list_fail(list, -EFBIG, device->line, "too many devices");
		return;
	}
	struct domain_device *devices =
		arena_grow(list->arena, domain->devices, domain->device_count, &list->capacity,
			   sizeof(*devices));
	if (!devices) {
		list->error = -ENOMEM;
		return;
	}
	domain->devices = devices;
	devices[domain->device_count++] = *device;
}

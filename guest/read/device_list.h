/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_DEVICE_LIST_H
#define PASSCHECK_GUEST_READ_DEVICE_LIST_H

#include "guest/libvirt/domain.h"

/* A domain on its way, of a text that is not XML. */
struct device_list {
	struct arena *arena;
	struct domain *domain;
	size_t capacity;
	int error; /* the first, negative errno */
	const char *why;
};

/* Appends a device; beyond LIMIT_DOMAIN_DEVICES it is an error. */
void device_list_add(struct device_list *list, const struct domain_device *device);

/* Notes what is wrong in a line, unless something was before. */
void device_list_fail(struct device_list *list, int error, unsigned line, const char *what);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/guest_list.h"

#include <errno.h>

struct domain_document *guest_list_add(struct guest_list *list, enum domain_document_kind kind)
{
	struct domain_document *items =
		arena_grow(list->arena, list->items, list->count, &list->capacity, sizeof(*items));

	if (!items) {
		guest_list_take(list, -ENOMEM, NULL);
		return NULL;
	}
	list->items = items;
	items[list->count] = (struct domain_document){.kind = kind};
	return &items[list->count++];
}

void guest_list_add_domain(struct guest_list *list, enum domain_document_kind kind,
			   const struct device_list *devices)
{
	guest_list_take(list, devices->error, devices->why);
	struct domain_document *document = guest_list_add(list, kind);
	if (document)
		document->domain = *devices->domain;
}

void guest_list_fail(struct guest_list *list, int error, unsigned line, const char *what)
{
	guest_list_take(list, error, arena_printf(list->arena, "line %u: %s", line, what));
}

void guest_list_take(struct guest_list *list, int error, const char *why)
{
	if (list->error || !error)
		return;
	list->error = error;
	list->why = why;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/proxmox/proxmox_property.h"

#include <string.h>

bool proxmox_address_parse(struct arena *arena, const char *text, struct pci_address *ret,
			   bool *ret_whole_slot)
{
	size_t colons = 0;

	for (const char *at = text; *at; at++)
		colons += *at == ':';
	*ret_whole_slot = !strchr(text, '.');
	const char *whole = arena_printf(arena, "%s%s%s", colons == 1 ? "0000:" : "", text,
					 *ret_whole_slot ? ".0" : "");
	return whole && pci_address_parse(whole, ret) == 0;
}

const char *proxmox_property(struct arena *arena, const char *text, const char *key,
			     const char *first_key)
{
	size_t length = strlen(key);

	for (; *text; text += strcspn(text, ","), text += *text == ',') {
		size_t item = strcspn(text, ",");
		if (item > length && strncmp(text, key, length) == 0 && text[length] == '=')
			return arena_copy(arena, text + length + 1, item - length - 1);
		if (first_key && strcmp(key, first_key) == 0 && !memchr(text, '=', item))
			return arena_copy(arena, text, item);
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/guest_text.h"

#include <errno.h>
#include <string.h>

#include "guest/read/readers.h"
#include "host/base/array.h"

/* A list of processes may have commands of several kinds; any other text is of one. */
static const struct reader {
	bool (*is)(const char *text);
	void (*read)(struct guest_list *guests, const char *text);
	bool of_commands;
} readers[] = {
	{proxmox_conf_is, proxmox_conf_read, false},
	{proxmox_mapping_is, proxmox_mapping_read, false},
	{guest_yaml_is, guest_yaml_read, false},
	{qemu_words_are, qemu_words_read, true},
	{cloud_hypervisor_is, cloud_hypervisor_read, true},
	{qemu_config_is, qemu_config_read, false},
};

/* Returns whether one of them reads the text. */
static bool read_text(struct guest_list *guests, const char *text)
{
	bool found = false;

	for (size_t i = 0; i < ARRAY_LENGTH(readers); i++) {
		if ((found && !readers[i].of_commands) || !readers[i].is(text))
			continue;
		readers[i].read(guests, text);
		if (!readers[i].of_commands)
			return true;
		found = guests->count || guests->error;
	}
	return found;
}

int guest_text_parse(struct arena *arena, const char *bytes, size_t length,
		     struct domain_documents *ret, const char **ret_why)
{
	struct guest_list guests = {.arena = arena};

	if (length > LIMIT_DOMAIN_XML || memchr(bytes, '\0', length))
		return -ENOTSUP;
	const char *text = arena_copy(arena, bytes, length);
	if (arena_failed(arena))
		return -ENOMEM;
	if (!read_text(&guests, text))
		return arena_failed(arena) ? -ENOMEM : -ENOTSUP;
	*ret_why = guests.why;
	if (!guests.error && arena_failed(arena))
		return -ENOMEM;
	*ret = (struct domain_documents){.items = guests.items, .count = guests.count};
	return guests.error;
}

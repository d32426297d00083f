/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/guest_text.h"

#include <errno.h>
#include <string.h>

#include "guest/read/readers.h"
#include "host/access/array.h"

static const struct reader {
	bool (*is)(const char *text);
	void (*read)(struct guest_list *guests, const char *text);
} readers[] = {
	{proxmox_conf_is, proxmox_conf_read}, {proxmox_mapping_is, proxmox_mapping_read},
	{guest_yaml_is, guest_yaml_read},     {qemu_words_are, qemu_words_read},
	{qemu_config_is, qemu_config_read},
};

static const struct reader *find_reader(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(readers); i++) {
		if (readers[i].is(text))
			return &readers[i];
	}
	return NULL;
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
	const struct reader *reader = find_reader(text);
	if (!reader)
		return -ENOTSUP;
	reader->read(&guests, text);
	*ret_why = guests.why;
	if (!guests.error && arena_failed(arena))
		return -ENOMEM;
	*ret = (struct domain_documents){.items = guests.items, .count = guests.count};
	return guests.error;
}

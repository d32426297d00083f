/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/guest_text.h"

#include <errno.h>
#include <string.h>

#include "guest/read/readers.h"

int guest_text_parse(struct arena *arena, const char *bytes, size_t length, struct domain *ret,
		     const char **ret_why)
{
	struct domain domain = {.name = "guest"};
	struct device_list list = {.arena = arena, .domain = &domain};
	const char *text;

	if (length > LIMIT_DOMAIN_XML || memchr(bytes, '\0', length))
		return -ENOTSUP;
	text = arena_copy(arena, bytes, length);
	if (arena_failed(arena))
		return -ENOMEM;
	if (proxmox_conf_is(text))
		proxmox_conf_read(&list, text);
	else if (qemu_words_are(text))
		qemu_words_read(&list, text);
	else
		return -ENOTSUP;
	*ret_why = list.why;
	if (!list.error && arena_failed(arena))
		return -ENOMEM;
	*ret = domain;
	return list.error;
}

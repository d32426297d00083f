/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/load_order.h"

#include "host/base/array.h"
#include "host/boot/cmdline.h"

enum { MOST_USED = 64 /* modules whose symbols one uses */ };

const struct modprobe_line *load_order_softdep(const struct host *host, struct arena *arena,
					       const char *later, const char *before)
{
	const struct modules *modules = &host->modules;
	const char *names[1 + MOST_USED] = {later};
	size_t count = 1;

	for (size_t i = 0; i < modules->use_count && count < ARRAY_LENGTH(names); i++) {
		if (cmdline_same_name(modules->uses[i].user, later))
			names[count++] = modules->uses[i].module;
	}
	return modprobe_find_softdep(&host->modprobe, arena, names, count, before);
}

const struct modprobe_line *load_order_in_front(const struct host *host, struct arena *arena,
						const char *later, const char *before)
{
	const struct modprobe_line *own =
		modprobe_find_softdep(&host->modprobe, arena, &later, 1, before);

	if (load_order_softdep(host, arena, later, before) != own)
		return NULL;
	return modprobe_find_first_softdep(&host->modprobe, arena, later, before);
}

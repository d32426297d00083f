/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/load_order.h"

#include "host/boot/cmdline.h"

enum { MOST_USED = 64 /* modules whose symbols one uses */ };

static const struct modprobe_line *first_of(const struct host *host, struct arena *arena,
					    const char *later, const char *before)
{
	return modprobe_find_first_softdep(&host->modprobe, arena, later, before);
}

const struct modprobe_line *load_order_softdep(const struct host *host, struct arena *arena,
					       const char *later, const char *before)
{
	const struct modules *modules = &host->modules;
	const char *names[1 + MOST_USED];
	size_t count = 0;

	if (!first_of(host, arena, later, before))
		names[count++] = later;
	for (size_t i = 0; i < modules->use_count && count < MOST_USED; i++) {
		if (cmdline_same_name(modules->uses[i].user, later))
			names[count++] = modules->uses[i].module;
	}
	return modprobe_find_softdep(&host->modprobe, arena, names, count, before);
}

const struct modprobe_line *load_order_in_front(const struct host *host, struct arena *arena,
						const char *later, const char *before)
{
	return load_order_softdep(host, arena, later, before)
		       ? NULL
		       : first_of(host, arena, later, before);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/load_order.h"

#include "host/boot/cmdline.h"

enum { MOST_USED = 64 /* modules whose symbols one uses */ };

const struct modprobe_line *load_order_softdep(const struct host *host, struct arena *arena,
					       const char *later, const char *before)
{
	const struct modules *modules = &host->modules;
	const struct modprobe_line *line =
		modprobe_find_softdep(&host->modprobe, arena, later, before);

	for (size_t i = 0, tried = 0; !line && i < modules->use_count && tried < MOST_USED; i++) {
		if (!cmdline_same_name(modules->uses[i].user, later))
			continue;
		tried++;
		line = modprobe_find_softdep(&host->modprobe, arena, modules->uses[i].module,
					     before);
	}
	return line;
}

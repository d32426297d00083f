/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_FRAMEBUFFER_H
#define PASSCHECK_HOST_SYSTEM_FRAMEBUFFER_H

#include "host/access/root.h"

/* Memory of a PCI function that a driver of the boot framebuffer holds. */
struct framebuffer {
	const char *holder;   /* "efifb", "BOOTFB", "simplefb"… as /proc/iomem names it */
	const char *function; /* "0000:01:00.0", the function whose memory it is */
};

struct framebuffers {
	struct fact fact; /* of /proc/iomem; malformed where it lists no function */
	struct framebuffer *items;
	size_t count;
};

/*
 * Reads /proc/iomem (kernel/resource.c). Resources are nested by indentation; their names tell all
 * that is needed, and the addresses, which only root may see, are not looked at.
 */
void framebuffers_load(struct root *root, struct arena *arena, struct framebuffers *ret);

/* Returns whether a line of /proc/iomem of length bytes is one that framebuffers_load() looks at:
 * all that a capture needs. */
bool framebuffers_want(const char *line, size_t length);

#endif

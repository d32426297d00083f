/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_USAGE_H
#define PASSCHECK_HOST_SYSTEM_USAGE_H

#include "host/access/root.h"
#include "host/pci/pci.h"

/* What the host itself uses devices for. */
enum usage_kind {
	USAGE_MOUNT,       /* a mounted file system */
	USAGE_SWAP,        /* swap space */
	USAGE_ROUTE,       /* the default route */
	USAGE_LINK_UP,     /* a network link that is up */
	USAGE_CONSOLE,     /* a console of the kernel on a serial port */
	USAGE_FRAMEBUFFER, /* a framebuffer, which the text console shows on */
};

enum { USAGE_KIND_COUNT = USAGE_FRAMEBUFFER + 1 };

/* One use of one piece of hardware. A use of several (a RAID) is several entries. */
struct usage_entry {
	enum usage_kind kind;
	const char *what;    /* "/", "swap", "default route", "ttyS0" */
	const char *through; /* what the use names: "dm-0", "bond0" */
	const char *path;    /* sysfs folder of the hardware: "/sys/devices/…/nvme0n1p2" */
	const char *source;  /* where the use was read: "/proc/self/mountinfo" */
};

/* A use whose hardware could not be found. */
struct usage_gap {
	enum usage_kind kind;
	const char *what;
	const char *why;
	const char *source;
};

/* A function whose network link may be up. */
struct usage_link {
	const struct pci_function *function;
	struct fact fact; /* what tells it, and was not read */
};

struct usage {
	struct fact mounts;
	struct fact swaps; /* absent: the kernel was built without */
	struct fact routes;
	struct fact routes6; /* absent: the kernel has no IPv6 */
	struct usage_entry *entries;
	size_t count;
	struct usage_gap *gaps;
	size_t gap_count;
	struct usage_link *unread_links; /* by function */
	size_t unread_link_count;
};

/*
 * Follows mounts and swap down through device mapper, MD and NVMe multipath, and default routes
 * down through bonds, bridges and VLANs, to folders of hardware. Short memory marks the arena.
 */
void usage_load(struct root *root, struct arena *arena, const struct pci *pci, struct usage *ret);

/* Returns whether what stands at path must be trimmed before it is captured, and how: only what
 * usage_load() asks for, without addresses and without other names of mount points. */
bool usage_covers(const char *path);
const char *usage_trim(struct arena *arena, const struct fact_text *text);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_USAGE_ENTRY_H
#define PASSCHECK_HOST_USAGE_USAGE_ENTRY_H

#include "host/pci/pci.h"

/* What the host itself uses devices for. */
enum usage_kind {
	USAGE_MOUNT,       /* a mounted file system */
	USAGE_SWAP,        /* swap space */
	USAGE_ROUTE,       /* the default route */
	USAGE_LINK_UP,     /* a network link that is up */
	USAGE_CONSOLE,     /* a console of the kernel on a serial port */
	USAGE_FRAMEBUFFER, /* a framebuffer, which the text console shows on */
	USAGE_VF_LINK_UP,  /* a network link of a VF that is up */
	USAGE_MEMBER,      /* a bond, bridge or switch of the host that has the interface */
	USAGE_HELD,        /* a device that has the block device: LVM, dm-crypt, MD */
	USAGE_SCREEN,      /* an output that shows a picture */
	USAGE_OPEN,        /* a program has the node of a device open */
	USAGE_MEMORY,      /* a CXL device has some of the host's memory */
};

enum { USAGE_KIND_COUNT = USAGE_MEMORY + 1 };

/* One use of one piece of hardware. A use of several (a RAID) is several entries. */
struct usage_entry {
	enum usage_kind kind;
	const char *what;    /* "/", "swap", "default route", "ttyS0" */
	const char *through; /* what the use names: "dm-0", "bond0" */
	const char *path;    /* sysfs folder of the hardware: "/sys/devices/…/nvme0n1p2" */
	const char *source;  /* where the use was read: "/proc/self/mountinfo" */
	/* Of a link: what was not read, so that it may lead to the management controller alone;
	 * NULL: it leads to others. */
	const struct fact *unsure;
};

/* A use whose hardware could not be found. */
struct usage_gap {
	enum usage_kind kind;
	const char *what;
	const char *why;
	const char *source;
};

/* A function that the host may use: whose network link may be up. */
struct usage_link {
	const struct pci_function *function;
	struct fact fact; /* what tells it, and was not read */
};

/* An interface of a function that is no VF, whose link is not up. */
struct usage_idle {
	const struct pci_function *function;
	const char *name;
	bool set_up; /* the host has it set up: there is no cable, or nothing at its other end */
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
	/* Folders of the hardware below block devices, listed where a mount or swap is a gap; and
	 * whether the list is whole. */
	const char **carriers;
	size_t carrier_count;
	bool carriers_whole;
	struct usage_link *unread_links; /* by function */
	size_t unread_link_count;
	struct usage_idle *idle; /* of which it was read whether they are set up; by function */
	size_t idle_count;
	/* By function: of these it was not read whether a bond or the like has an interface of
	 * theirs, whether the link of a VF is up, or whether an output shows a picture. */
	struct usage_link *unread_devices;
	size_t unread_device_count;
	struct fact opened; /* known: which programs have devices open was searched for */
	struct fact held;   /* of the block devices that lie upon others; absent: there are none */
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_DEVICE_USERS_H
#define PASSCHECK_HOST_USAGE_DEVICE_USERS_H

#include "host/access/root.h"

/* A program that has the node of a device open. */
struct device_user {
	const char *program; /* its name: proc_pid_comm(5), and of nodes of VFIO and of disks also
			      * the guest's, "qemu-system-x86 of the guest vm1" */
	const char *node;    /* "/dev/dri/card0", "/dev/sdb1", "/dev/nvidia0", "/dev/vfio/12",
			      * "/dev/vfio/devices/vfio0" */
	const char *source;  /* "/proc/1234/fd" */
};

struct device_users {
	/* Known: all processes were searched. Not captured: none were, or only those of a
	 * container. */
	struct fact fact;
	struct device_user *users;
	size_t count;
};

/*
 * Looks through the open files of each process for nodes that lead to one device (a display, a
 * sound card, a disk, a tuner, an accelerator, a serial adapter of USB, what VFIO has): each
 * program and node once. A process of another user takes CAP_SYS_PTRACE, and one outside the
 * reader's Landlock domain cannot be looked into (ptrace_may_access(), kernel/ptrace.c). Processes
 * and files beyond a limit make the fact malformed. Memory comes from arena; short memory marks it.
 */
void device_users_load(struct root *root, struct arena *arena, struct device_users *ret);

/* Where VFIO has its nodes: vfio_devnode() of drivers/vfio. */
#define DEVICE_USER_VFIO "/dev/vfio/"

/* Returns the number of the IOMMU group whose node it is ("12" of /dev/vfio/12 and of
 * /dev/vfio/noiommu-12), or NULL where it is no group's. It lies in node. */
const char *device_user_group(const char *node);

/* Returns whether it is the node of a disk or of a partition: /dev/sdb1, /dev/nvme0n1. */
bool device_user_disk(const char *node);

/* Returns the folder of sysfs with the devices of the node's class, by the last part of the node
 * or, of DVB, by a name of its own; NULL of other nodes, and of those of groups and NVIDIA. */
const char *device_user_class(const char *node);

#endif

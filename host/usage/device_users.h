/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_USAGE_DEVICE_USERS_H
#define PASSCHECK_HOST_USAGE_DEVICE_USERS_H

#include "host/access/root.h"

/* A program that has the node of a device open. */
struct device_user {
	const char *program; /* its name: proc_pid_comm(5) */
	const char *node;    /* "/dev/dri/card0", "/dev/snd/controlC0", "/dev/nvidia0" */
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
 * Looks through the open files of each process for nodes of displays and sound cards: each program
 * and node once. A process of another user takes CAP_SYS_PTRACE, and one outside the reader's
 * Landlock domain cannot be looked into (ptrace_may_access(), kernel/ptrace.c). Processes and files
 * beyond a limit make the fact malformed. Memory comes from arena; short memory marks it.
 */
void device_users_load(struct root *root, struct arena *arena, struct device_users *ret);

#endif

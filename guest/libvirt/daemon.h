/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_DAEMON_H
#define PASSCHECK_GUEST_LIBVIRT_DAEMON_H

#include "host/base/lines.h"
#include "host/host.h"

/* Returns whether libvirt is installed, and no daemon of it listens for QEMU. */
bool libvirt_is_silent(const struct hypervisor *hypervisor);

/* Returns whether it is silent, and no other stack of the host runs the guests. */
bool libvirt_is_to_start(const struct host *host);

/* Returns whether guests of this host may be libvirt's: beside another stack, only where libvirt is
 * there and listens. */
bool libvirt_may_run_guests(const struct host *host);

/*
 * Returns what has the daemon listen, now and at every boot, as a sentence. Appends its commands to
 * start, and to stop what takes them back: none where a person does it. Memory comes from arena.
 */
const char *libvirt_start(const struct host *host, struct arena *arena, struct text_line **start,
			  struct text_line **stop);

#endif

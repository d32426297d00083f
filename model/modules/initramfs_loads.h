/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MODULES_INITRAMFS_LOADS_H
#define PASSCHECK_MODEL_MODULES_INITRAMFS_LOADS_H

#include "host/boot/boolean.h"
#include "host/host.h"

/*
 * Returns whether the host's initramfs, once it is made anew, loads a module before udev loads
 * drivers of devices, because a list of the tool that makes it has the module; lists of other tools
 * count where no tool is known. module is written with underscores. Unknown where no list that was
 * read has it, and another was not read. What another module brings along (softdep) is not meant.
 */
enum boolean initramfs_loads(const struct host *host, const char *module);

/*
 * Returns what has the initramfs take files of /etc/modprobe.d along, as "write modconf into HOOKS=
 * of FILE", where it is known to have none of them once it is made anew; NULL otherwise. mkinitcpio
 * takes them by its hook modconf (install/modconf), dracut where hostonly is not "no" (modules.d,
 * of kernel-modules and later of base), and both where one is named among files.
 */
const char *initramfs_needs_for_modprobe(const struct host *host, struct arena *arena);

#endif

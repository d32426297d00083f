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
 * Returns the file whose HOOKS= keep files of modprobe.d out of the initramfs that mkinitcpio
 * makes, as they lack modconf (install/modconf of mkinitcpio), or NULL: also where FILES= name some
 * of them, or where another tool makes it.
 */
const char *initramfs_lacks_modprobe_files(const struct host *host);

#endif

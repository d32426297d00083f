/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_LIBVIRT_MACHINE_TYPE_H
#define PASSCHECK_GUEST_LIBVIRT_MACHINE_TYPE_H

#include "host/boot/boolean.h"
#include "host/system/hypervisor.h"

/*
 * Returns whether a machine type of x86 ("pc-q35-9.2"; NULL: not given) is of that version of QEMU
 * or newer. "q35" and "pc" are the newest that the host's QEMU has. Of types that distributions
 * make it is known alone where the host's QEMU is older.
 */
enum boolean machine_type_since(const struct hypervisor *hypervisor, const char *machine,
				unsigned major, unsigned minor);

#endif

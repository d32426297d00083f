/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_PROXMOX_PROXMOX_HOSTPCI_H
#define PASSCHECK_GUEST_PROXMOX_PROXMOX_HOSTPCI_H

#include "guest/read/device_list.h"

/* Adds the devices of "hostpciN: text", N being the number; the line is where it stands. What
 * Proxmox VE refuses in it is noted in them (src/PVE/QemuServer/PCI.pm of qemu-server). */
void proxmox_hostpci_add(struct device_list *list, size_t number, const char *text, unsigned line);

#endif

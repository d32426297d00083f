/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_PROXMOX_PROXMOX_MDEV_H
#define PASSCHECK_GUEST_PROXMOX_PROXMOX_MDEV_H

#include "host/host.h"

/* Whether Proxmox VE takes a function for one that gives mediated devices, by which a mapping must
 * be marked (mdev) since libpve-guest-common-perl 5.1.7. */
enum proxmox_mdev {
	PROXMOX_MDEV_NO,
	PROXMOX_MDEV_YES,
	PROXMOX_MDEV_UNREAD,
};

/*
 * Tells it as pci_device_info() of PVE/SysFSTools.pm does: the function has a folder
 * mdev_supported_types, or NVIDIA's driver has made a folder nvidia for its vGPU. Sets what tells
 * the answer, never NULL.
 */
enum proxmox_mdev proxmox_mdev_of(const struct host *host, const struct pci_function *function,
				  const struct fact **ret_evidence);

/*
 * Tells whether Proxmox VE can make a mediated device of that type of the function now. Of a VF
 * that NVIDIA's driver has, the type is its vGPU profile, "nvidia-N", which it sets
 * (create_nvidia_device() of PVE/QemuServer/PCI/Mdev.pm). Sets what tells the answer, never NULL.
 */
enum mdev_offer proxmox_mdev_offer(const struct host *host, const struct pci_function *function,
				   const char *type, const struct fact **ret_evidence);

#endif

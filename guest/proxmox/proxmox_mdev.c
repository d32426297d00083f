/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/proxmox/proxmox_mdev.h"

enum proxmox_mdev proxmox_mdev_of(const struct host *host, const struct pci_function *function,
				  const struct fact **ret_evidence)
{
	const struct fact *parents = &host->hypervisor.mdev_parents.fact;
	const struct fact *vgpu = &function->vgpu_type.fact;

	*ret_evidence = fact_absent(vgpu) ? parents : vgpu;
	if (fact_known(vgpu))
		return PROXMOX_MDEV_YES;
	if (hypervisor_offers_mdevs(&host->hypervisor, function->name)) {
		*ret_evidence = parents;
		return PROXMOX_MDEV_YES;
	}
	return fact_absent(vgpu) && fact_settled(parents) ? PROXMOX_MDEV_NO : PROXMOX_MDEV_UNREAD;
}

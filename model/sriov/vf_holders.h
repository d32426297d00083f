/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_VF_HOLDERS_H
#define PASSCHECK_MODEL_SRIOV_VF_HOLDERS_H

#include "model/assign/host_use.h"
#include "model/sriov/vf_budget.h"

/* Returns who loses VFs when all of a PF go away: "0000:01:00.1 on vfio-pci, open in
 * qemu-system-x86 of the guest vm1 (/dev/vfio/12); 0000:01:00.2 (eth5) on iavf, a part of br0", the
 * first few by name: those of a known use, then those on a driver of VFIO, which guests may have;
 * "" where no driver holds one. In memory of arena. */
const char *vf_holders(const struct vf_budget *budget, const struct host_uses *uses,
		       struct arena *arena);

/* Returns the first VF without which the host cannot do, or NULL. */
const struct pci_function *vf_holders_vital(const struct vf_budget *budget,
					    const struct host_uses *uses);

#endif

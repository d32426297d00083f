/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_HARDWARE_FAULT_H
#define PASSCHECK_MODEL_ASSIGN_HARDWARE_FAULT_H

#include "host/host.h"

/* States of a function's hardware in which no guest can use it. */
enum hardware_fault_kind {
	FAULT_BAR_UNPLACED, /* a BAR that the kernel gave no addresses */
	FAULT_UNREACHABLE,  /* it does not answer */
	FAULT_VGPU_PROFILE, /* a VF of NVIDIA's vGPU that is no vGPU yet */
	FAULT_KIND_COUNT,
};

struct hardware_fault {
	enum hardware_fault_kind kind;
	bool known;      /* false: it is not known whether the function has it */
	const char *why; /* a clause that speaks of the function as "it" */
	const struct fact *evidence;
};

/*
 * Finds the faults of an endpoint, one of a kind at most. Returns their count. Memory comes from
 * arena; short memory marks it. Sources, by kind:
 *
 * pci_enable_resources(), drivers/pci/setup-res.c of 6.18, refuses a function with a BAR that is
 * IORESOURCE_UNSET. A BAR that reset_resource() of drivers/pci/setup-bus.c has cleared is passed
 * over: its line is empty, and only the type bits of its register tell that it is there. A plain
 * memory BAR of 32 bits has none, and looks like no BAR.
 *
 * Config space that reads as ones: PCI Express 2.3.2, completion timeouts. Only ids of a VF are
 * ones by nature (SR-IOV 3.4.1).
 *
 * NVIDIA vGPU software from 17 on: the driver nvidia registers its VFs with VFIO itself, and opens
 * none before a profile is written to nvidia/current_vgpu_type. A VF that another driver has, or
 * none, is no vGPU while its PF is on nvidia.
 */
size_t hardware_faults_find(const struct pci_function *function, struct arena *arena,
			    struct hardware_fault ret[static FAULT_KIND_COUNT]);

/* Returns whether a VF has no vGPU profile, and nvidia/creatable_vgpu_types is known to offer none:
 * what its lines begin with are the ids of those that can be set now. */
bool vgpu_offers_none(const struct pci_function *vf);

#endif

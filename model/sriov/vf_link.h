/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_SRIOV_VF_LINK_H
#define PASSCHECK_MODEL_SRIOV_VF_LINK_H

#include "model/model.h"

/*
 * Returns what its physical function keeps of a network VF: its MAC address, VLAN and trust; NULL
 * where that is not known. An interface is the physical function's by the address that the kernel
 * names, or by its name where the kernel names none.
 */
const struct vf_link *vf_link_of(const struct model *model, const struct pci_function *vf);

/*
 * Returns whether no link of a network PF is up, as far as that is known: its interface is down, or
 * has no cable, and its VFs may have no link either. In switchdev mode representors decide, and a
 * port of InfiniBand has a state of its own.
 */
bool vf_link_pf_is_down(const struct model *model, const struct pci_function *pf);

/* What an interface of such a PF lacks. */
enum vf_link_lack {
	VF_LINK_LACK_UNKNOWN,
	VF_LINK_LACKS_SET_UP, /* the host has it down */
	VF_LINK_LACKS_CABLE,  /* it is set up: there is no cable, or nothing at its other end */
};

enum { VF_LINK_LACK_COUNT = VF_LINK_LACKS_CABLE + 1 };

enum vf_link_lack vf_link_pf_lacks(const struct model *model, const struct pci_function *pf,
				   const char *interface);

/* Returns those interfaces of such a PF that are to be set up, or may be: all but those that lack
 * a cable alone. The names are the PF's; the list is in arena's memory. */
struct fact_list vf_link_to_set_up(const struct model *model, const struct pci_function *pf,
				   struct arena *arena);

/*
 * Returns whether VFs of an InfiniBand PF have no GUIDs, and a link that is off, until the host
 * gives them some: mlx5_ib_set_vf_guid() and mlx5_ib_set_vf_link_state() of
 * drivers/infiniband/hw/mlx5/ib_virt.c. Those of mlx4 have GUIDs by the subnet manager
 * (drivers/infiniband/hw/mlx4/alias_GUID.c).
 */
bool vf_link_needs_guids(const struct pci_function *pf);

/* Returns "802.1Q" or "802.1ad"; NULL where the protocol of the VF's VLAN is not known. */
const char *vf_link_protocol(const struct vf_link *link);

#endif

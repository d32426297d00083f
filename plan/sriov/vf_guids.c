/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/sriov/vf_guids.h"

#include "model/shell.h"
#include "model/sriov/vf_link.h"

static const char *interface_word(struct plan_builder *builder, const struct pci_function *pf)
{
	return pf->netdevs.count ? shell_word(builder->arena, pf->netdevs.names[0]) : "INTERFACE";
}

void plan_guids(struct plan_builder *builder, const struct pci_function *pf, const char *who)
{
	if (!vf_link_needs_guids(pf))
		return;
	const char *interface = interface_word(builder, pf);
	plan_add_step(builder, PLAN_NOW, "vf-guids", pf,
		      "Give %s GUIDs and a link that follows the port's, where ip link show dev %s "
		      "shows none",
		      who, interface)
		->why = arena_printf(
		builder->arena,
		"without them the VF's port stays down in the guest. Choose GUIDs that no other "
		"port of the fabric has, and for each VF, by its number N in that list: "
		"ip link set dev %s vf N node_guid GUID; ip link set dev %s vf N port_guid GUID; "
		"ip link set dev %s vf N state auto. They are lost when VFs are made anew, as "
		"after a reboot",
		interface, interface, interface);
}

void plan_guids_set_up(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *vf = builder->taken[i];
		if (vf->pf)
			plan_guids(builder, vf->pf, vf->name);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_link.h"

#include <linux/if_ether.h>
#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "model/sriov/vf_bus.h"

static bool is_of(const struct vf_links_of_pf *links, const struct pci_function *pf)
{
	return links->device ? strcmp(links->device, pf->name) == 0
			     : fact_list_find(&pf->netdevs, links->interface) != NULL;
}

static int compare_number(const void *key, const void *item)
{
	const uint32_t *number = key;
	const struct vf_link *link = item;

	return (*number > link->number) - (*number < link->number);
}

const char *vf_link_protocol(const struct vf_link *link)
{
	switch (link->vlan_protocol) {
	case ETH_P_8021Q:
		return "802.1Q";
	case ETH_P_8021AD:
		return "802.1ad";
	default:
		return NULL;
	}
}

const struct vf_link *vf_link_of(const struct model *model, const struct pci_function *vf)
{
	const struct vf_links *links = &model->host->vf_links;
	const struct vf_budget *budget = vf->pf ? vf_budget_of(&model->vf_budgets, vf->pf) : NULL;
	uint32_t index;

	if (!fact_known(&links->fact) || !budget || !vf_budget_index(budget, vf, &index))
		return NULL;
	for (const struct vf_links_of_pf *pf = links->first; pf; pf = pf->next) {
		if (is_of(pf, vf->pf))
			return bsearch(&index, pf->vfs, pf->count, sizeof(*pf->vfs),
				       compare_number);
	}
	return NULL;
}

bool vf_link_pf_is_down(const struct model *model, const struct pci_function *pf)
{
	return pci_base_class(pf) == PCI_BASE_CLASS_NETWORK && !pci_is_infiniband(pf) &&
	       !pf->representors.count && host_uses_has_links_down(&model->host_uses, pf);
}

bool vf_link_needs_guids(const struct pci_function *pf)
{
	return pci_is_infiniband(pf) && pci_is_on_driver(pf, "mlx5_core");
}

enum vf_link_lack vf_link_pf_lacks(const struct model *model, const struct pci_function *pf,
				   const char *interface)
{
	const struct usage *usage = &model->host->usage;

	for (size_t i = 0; i < usage->idle_count; i++) {
		const struct usage_idle *idle = &usage->idle[i];
		if (idle->function == pf && strcmp(idle->name, interface) == 0)
			return idle->set_up ? VF_LINK_LACKS_CABLE : VF_LINK_LACKS_SET_UP;
	}
	return VF_LINK_LACK_UNKNOWN;
}

struct fact_list vf_link_to_set_up(const struct model *model, const struct pci_function *pf,
				   struct arena *arena)
{
	const char **names = arena_array(arena, pf->netdevs.count, sizeof(*names));
	struct fact_list ret = {.fact = pf->netdevs.fact, .names = names};

	for (size_t i = 0; names && i < pf->netdevs.count; i++) {
		if (vf_link_pf_lacks(model, pf, pf->netdevs.names[i]) != VF_LINK_LACKS_CABLE)
			names[ret.count++] = pf->netdevs.names[i];
	}
	return ret;
}

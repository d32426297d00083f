/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_holders.h"

#include "host/access/buffer.h"

enum { MOST_NAMED = 4 };

static void add_holder(struct buffer *names, const struct pci_function *vf)
{
	if (vf->netdevs.count)
		buffer_item(names, "%s (%s) on %s", vf->name, vf->netdevs.names[0],
			    vf->driver.text);
	else
		buffer_item(names, "%s on %s", vf->name, vf->driver.text);
}

const char *vf_holders(const struct vf_budget *budget, struct arena *arena)
{
	struct buffer names = {.arena = arena, .separator = ", "};
	size_t held = 0;

	for (size_t i = 0; budget && i < budget->vf_count; i++) {
		if (!fact_known(&budget->vfs[i]->driver.fact))
			continue;
		if (held++ < MOST_NAMED)
			add_holder(&names, budget->vfs[i]);
	}
	if (held > MOST_NAMED)
		buffer_item(&names, "%zu more", held - MOST_NAMED);
	return buffer_text(&names);
}

const struct pci_function *vf_holders_vital(const struct vf_budget *budget,
					    const struct host_uses *uses)
{
	for (size_t i = 0; budget && i < budget->vf_count; i++) {
		if (host_uses_vital(uses, budget->vfs[i]))
			return budget->vfs[i];
	}
	return NULL;
}

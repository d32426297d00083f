/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_holders.h"

#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"

enum { MOST_NAMED = 4 };

static const struct host_use *holding_use(const struct host_uses *uses,
					  const struct pci_function *vf)
{
	const struct host_use *member = host_uses_of_kind(uses, vf, USAGE_MEMBER);

	return member ? member : host_uses_of_kind(uses, vf, USAGE_OPEN);
}

static void add_holder(struct buffer *names, const struct pci_function *vf,
		       const struct host_use *use)
{
	const char *interface = vf->netdevs.count ? vf->netdevs.names[0] : NULL;

	buffer_item(names, "%s%s%s%s on %s%s%s", vf->name, interface ? " (" : "",
		    interface ? interface : "", interface ? ")" : "", vf->driver.text,
		    use ? ", " : "", use ? host_use_words(names->arena, use) : "");
}

/* Who loses most by it comes first. */
enum rank { RANK_USED, RANK_VFIO, RANK_DRIVER, RANK_COUNT };

static enum rank rank_of(const struct pci_function *vf, const struct host_use *use)
{
	if (use)
		return RANK_USED;
	return driver_is_vfio(vf) ? RANK_VFIO : RANK_DRIVER;
}

static void add_holders(struct buffer *names, const struct vf_budget *budget,
			const struct host_uses *uses, enum rank rank, size_t *held)
{
	for (size_t i = 0; i < budget->vf_count; i++) {
		const struct pci_function *vf = budget->vfs[i];
		const struct host_use *use = holding_use(uses, vf);
		if (!fact_known(&vf->driver.fact) || rank_of(vf, use) != rank)
			continue;
		if ((*held)++ < MOST_NAMED)
			add_holder(names, vf, use);
	}
}

const char *vf_holders(const struct vf_budget *budget, const struct host_uses *uses,
		       struct arena *arena)
{
	struct buffer names = {.arena = arena, .separator = "; "};
	size_t held = 0;

	for (int rank = 0; budget && rank < RANK_COUNT; rank++)
		add_holders(&names, budget, uses, (enum rank)rank, &held);
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

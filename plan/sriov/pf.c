/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/sriov/pf.h"

#include "model/sriov/vf_driver.h"

const struct vf_driver *plan_vf_driver(const struct plan_builder *builder,
				       const struct pci_function *pf)
{
	return vf_driver_to_be(builder->host, pf);
}

const char *plan_vfs_words(const struct plan_builder *builder, int64_t count)
{
	return counted(builder->arena, (size_t)count, "VF");
}

bool plan_pf_switches_itself(const struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_driver *driver = plan_vf_driver(builder, pf);

	return driver && !driver->has_hook;
}

bool plan_makes_all_vfs(const struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_driver *driver = plan_vf_driver(builder, pf);

	return driver && driver->makes_all && pci_is_pf(pf);
}

unsigned plan_vfs_made_for(const struct plan_builder *builder, const struct pci_function *pf,
			   unsigned vfs)
{
	return plan_makes_all_vfs(builder, pf) ? (unsigned)pf->sriov.totalvfs.value : vfs;
}

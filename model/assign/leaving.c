/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/leaving.h"

#include "model/assign/vfio_driver.h"

/* Returns how it leaves where what it hangs on goes, or one of its VFs. */
static enum leaving decide(const struct assignability *assignability,
			   const struct pci_function *companion, bool vmd_goes, bool pf_goes,
			   bool has_vf)
{
	const struct assignable *assignable = assignability_of(assignability, companion);

	if (vmd_goes || (pf_goes && !driver_is_vfio(companion->pf)))
		return LEAVING_ALONG;
	if (assignable_may_be_denied(assignable))
		return LEAVING_DENIED;
	if (has_vf)
		return LEAVING_PF;
	return assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE ? LEAVING_BRIDGE : LEAVING_TO_VFIO;
}

enum leaving leaving_of(const struct assignability *assignability,
			const struct pci_function *companion, const struct function_set *functions)
{
	return decide(assignability, companion,
		      companion->vmd && function_set_has(functions, companion->vmd),
		      companion->pf && function_set_has(functions, companion->pf),
		      function_set_has_vf_of(functions, companion));
}

enum leaving leaving_with(const struct assignability *assignability,
			  const struct pci_function *companion, const struct pci_function *function)
{
	return decide(assignability, companion, companion->vmd == function,
		      companion->pf == function, function->pf == companion);
}

bool leaving_only_unbinds(enum leaving leaving)
{
	return leaving == LEAVING_BRIDGE || leaving == LEAVING_PF || leaving == LEAVING_DENIED;
}

const char *leaving_word(enum leaving leaving)
{
	switch (leaving) {
	case LEAVING_BRIDGE:
		return "bridge";
	case LEAVING_PF:
		return "physical function";
	case LEAVING_DENIED:
	case LEAVING_TO_VFIO:
	case LEAVING_ALONG:
		return "function";
	}
	return "function";
}

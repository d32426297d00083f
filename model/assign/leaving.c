/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/leaving.h"

#include "model/assign/vfio_driver.h"

static bool goes_along(const struct pci_function *companion, const struct pci_function *function)
{
	return companion->vmd == function ||
	       (companion->pf == function && !driver_is_vfio(function));
}

enum leaving leaving_of(const struct assignability *assignability,
			const struct pci_function *companion,
			const struct pci_function *const *functions, size_t count)
{
	const struct assignable *assignable = assignability_of(assignability, companion);
	bool has_vf = false;

	for (size_t i = 0; i < count; i++) {
		if (goes_along(companion, functions[i]))
			return LEAVING_ALONG;
		has_vf |= functions[i]->pf == companion;
	}
	if (assignable_may_be_denied(assignable))
		return LEAVING_DENIED;
	if (has_vf)
		return LEAVING_PF;
	return assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE ? LEAVING_BRIDGE : LEAVING_TO_VFIO;
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

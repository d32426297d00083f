/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/proxmox/proxmox_mdev.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"

enum proxmox_mdev proxmox_mdev_of(const struct host *host, const struct pci_function *function,
				  const struct fact **ret_evidence)
{
	const struct fact *parents = &host->hypervisor.mdev_parents.fact;
	const struct fact *vgpu = &function->vgpu_type.fact;

	*ret_evidence = fact_absent(vgpu) ? parents : vgpu;
	if (fact_known(vgpu))
		return PROXMOX_MDEV_YES;
	if (hypervisor_offers_mdevs(&host->hypervisor, function->name)) {
		*ret_evidence = parents;
		return PROXMOX_MDEV_YES;
	}
	return fact_absent(vgpu) && fact_settled(parents) ? PROXMOX_MDEV_NO : PROXMOX_MDEV_UNREAD;
}

/* Returns the number of a vGPU profile, "nvidia-557"; -1 for another type. */
static int64_t profile_of(const char *type)
{
	static const char prefix[] = "nvidia-";
	enum { MOST_DIGITS = 9 };
	const char *digits = type + strlen(prefix);

	if (!begins_with(type, prefix) || !isdigit((unsigned char)*digits) ||
	    strlen(digits) > MOST_DIGITS || digits[strspn(digits, "0123456789")])
		return -1;
	return strtol(digits, NULL, 10);
}

/* Lines of "557 : NVIDIA A40-1B", below a heading. */
static bool lists_profile(const struct fact_text *profiles, int64_t profile)
{
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(profiles, &offset, &line)) {
		if (line.length && isdigit((unsigned char)*line.text) &&
		    strtol(line.text, NULL, 10) == profile)
			return true;
	}
	return false;
}

enum mdev_offer proxmox_mdev_offer(const struct host *host, const struct pci_function *function,
				   const char *type, const struct fact **ret_evidence)
{
	const struct fact_number *now = &function->vgpu_type;
	const int64_t profile = profile_of(type);

	if (fact_absent(&now->fact))
		return hypervisor_mdev_offer(&host->hypervisor, function->name, type, ret_evidence);
	*ret_evidence = &now->fact;
	if (!fact_known(&now->fact))
		return MDEV_UNREAD;
	if (profile >= 0 && now->value == profile)
		return MDEV_OFFERED;
	*ret_evidence = &function->vgpu_types.fact;
	if (profile < 0)
		return MDEV_NOT_OF_TYPE;
	if (lists_profile(&function->vgpu_types, profile))
		return MDEV_OFFERED;
	/* Proxmox VE sets 0 before it looks, and then more may be offered. */
	return fact_known(*ret_evidence) && now->value == 0 ? MDEV_NOT_OF_TYPE : MDEV_UNREAD;
}

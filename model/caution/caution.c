/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/caution/caution.h"

#include "host/base/array.h"

static const struct function_cautions *find(const struct cautions *cautions,
					    const struct pci_function *function)
{
	static const struct function_cautions none;

	return cautions->lists ? &cautions->lists[function - cautions->host->pci.functions] : &none;
}

const struct caution *cautions_of(const struct cautions *cautions,
				  const struct pci_function *function)
{
	return find(cautions, function)->known;
}

const struct caution *cautions_unknown_of(const struct cautions *cautions,
					  const struct pci_function *function)
{
	return find(cautions, function)->unknown;
}

const struct caution *cautions_planned_of(const struct cautions *cautions,
					  const struct pci_function *function)
{
	return find(cautions, function)->planned;
}

const struct caution *cautions_find(const struct cautions *cautions,
				    const struct pci_function *function, enum caution_kind kind)
{
	const struct caution *caution = cautions_of(cautions, function);

	while (caution && caution->kind != kind)
		caution = caution->next;
	return caution;
}

const char *caution_kind_name(enum caution_kind kind)
{
	static const char *const names[] = {
		[CAUTION_BOOT_DISPLAY] = "boot-display",
		[CAUTION_RESET] = "reset",
		[CAUTION_SPLIT_DEVICE] = "split-device",
		[CAUTION_IGD] = "igd",
		[CAUTION_ROM] = "rom",
		[CAUTION_VARIANT] = "variant",
		[CAUTION_NVLINK] = "nvlink",
		[CAUTION_VF_TOKEN] = "vf-token",
		[CAUTION_ADDRESS_WIDTH] = "address-width",
		[CAUTION_POWER] = "power",
		[CAUTION_IN_USE] = "in-use",
		[CAUTION_STALE_GROUP] = "stale-group",
		[CAUTION_INTX] = "intx",
	};
	ASSERT_COVERS(names, CAUTION_KIND_COUNT);

	return names[kind];
}

bool caution_fails(const struct caution *caution)
{
	return caution->kind == CAUTION_STALE_GROUP;
}

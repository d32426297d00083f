/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/caution/build.h"

#include "host/base/array.h"

static void find_framebuffers(struct caution_builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	const struct framebuffers *framebuffers = &builder->host->framebuffers;

	for (size_t i = 0; i < framebuffers->count; i++) {
		const struct pci_function *function =
			pci_find_name(pci, framebuffers->items[i].function);
		if (function && !builder->framebuffers[function - pci->functions])
			builder->framebuffers[function - pci->functions] = &framebuffers->items[i];
	}
}

static void judge(struct caution_builder *builder, const struct pci_function *function)
{
	static void (*const kinds[])(struct caution_builder *, const struct pci_function *) = {
		[CAUTION_BOOT_DISPLAY] = caution_boot_display,
		[CAUTION_RESET] = caution_reset,
		[CAUTION_SPLIT_DEVICE] = caution_split_device,
		[CAUTION_IGD] = caution_igd,
		[CAUTION_ROM] = caution_rom,
		[CAUTION_VARIANT] = caution_variant,
		[CAUTION_NVLINK] = caution_nvlink,
		[CAUTION_VF_TOKEN] = caution_vf_token,
		[CAUTION_ADDRESS_WIDTH] = caution_address_width,
		[CAUTION_POWER] = caution_power,
		[CAUTION_IN_USE] = caution_in_use,
		[CAUTION_STALE_GROUP] = caution_stale_group,
		[CAUTION_INTX] = caution_intx,
	};
	ASSERT_COVERS(kinds, CAUTION_KIND_COUNT);

	if (assignability_of(builder->sources->assignability, function)->verdict ==
	    ASSIGNABLE_NOT_A_CANDIDATE)
		return;
	for (size_t i = 0; i < CAUTION_KIND_COUNT; i++)
		kinds[i](builder, function);
}

void cautions_build(const struct caution_sources *sources, struct arena *arena,
		    struct cautions *ret)
{
	const struct host *host = sources->host;
	struct caution_builder builder = {
		.sources = sources,
		.host = host,
		.arena = arena,
		.cautions = ret,
		.framebuffers =
			arena_array(arena, host->pci.count + 1, sizeof(*builder.framebuffers)),
		.has_integrated_graphics = caution_has_integrated_graphics(&host->pci),
		.nvswitch = caution_find_nvswitch(&host->pci),
	};

	*ret = (struct cautions){
		.host = host,
		.lists = arena_array(arena, host->pci.count + 1, sizeof(*ret->lists)),
	};
	if (!ret->lists || !builder.framebuffers)
		return;
	find_framebuffers(&builder);
	for (size_t i = 0; i < host->pci.count; i++)
		judge(&builder, &host->pci.functions[i]);
}

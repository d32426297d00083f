/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_bars.h"

/* PCI_IOV_RESOURCES of linux/pci.h. */
enum { FIRST_VF_BAR_LINE = 7 };

/* Low bits of a memory BAR: PCI 3.0, section 6.2.5.1. They are fixed, whatever the address. */
#define BAR_IS_WIDE(bar)         (((bar)&0x6) == 0x4)
#define BAR_IS_PREFETCHABLE(bar) (((bar)&0x8) != 0)

static struct vf_bar read_bar(const struct vf_budget *budget, size_t index,
			      const struct rebar_capability *rebar)
{
	const struct pci_resource *line =
		&budget->function->resources.lines[FIRST_VF_BAR_LINE + index];
	uint32_t reg = budget->capability.vf_bars[index];
	struct vf_bar bar = {
		.implemented = reg != 0 || line->flags != 0,
		.wide = BAR_IS_WIDE(reg) || (line->flags & IORESOURCE_MEM_64),
		.prefetchable = BAR_IS_PREFETCHABLE(reg) || (line->flags & IORESOURCE_PREFETCH),
		.size = rebar->sizes[index],
	};
	/* Placed: struct resource has a parent, of which sysfs shows the address. */
	bar.placed = (line->flags & IORESOURCE_MEM) && !(line->flags & IORESOURCE_UNSET) &&
		     line->start != 0 && line->end > line->start;
	bool sized = (line->flags & IORESOURCE_MEM) && line->end > line->start;
	uint64_t span = sized ? line->end - line->start + 1 : 0;
	bar.span = bar.placed ? span : 0;
	if (!bar.size && budget->capability.total_vfs)
		bar.size = span / budget->capability.total_vfs;
	return bar;
}

static void read_bars(struct vf_budget *budget)
{
	struct rebar_capability rebar = vf_rebar_decode(&budget->function->config);

	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		budget->bars[i] = read_bar(budget, i, &rebar);
		/* The next register is the upper half of this address. */
		if (budget->bars[i].wide)
			i++;
	}
}

/* sriov_enable() of drivers/pci/iov.c gives ENOMEM where a VF BAR has no place, and the kernel
 * takes none away while VFs are enabled: then one of the two attributes is not the kernel's. */
static struct vf_term unplaced(const struct vf_builder *builder, size_t index)
{
	const struct pci_function *function = builder->budget->function;
	const struct fact *resources = &function->resources.fact;
	uint32_t enabled = vf_enabled(function);
	struct vf_term term;

	if (!enabled)
		return vf_exactly(0, VF_REASON_UNPLACED_BAR,
				  arena_printf(builder->arena,
					       "the kernel found no room for VF BAR %zu", index),
				  resources);
	term = vf_unknown(arena_printf(builder->arena,
				       "resource shows no room for VF BAR %zu, without which the "
				       "kernel enables no VFs, and sriov_numvfs shows %u",
				       index, enabled),
			  resources);
	term.at_least = enabled;
	return term;
}

/* Since 6.17 as many VFs as the reserved span has room for, where VF BARs can be resized. */
static struct vf_term judge_bar(const struct vf_builder *builder, size_t index)
{
	const struct vf_bar *bar = &builder->budget->bars[index];
	const struct fact *resources = &builder->budget->function->resources.fact;
	uint64_t room = bar->size ? bar->span / bar->size : builder->budget->capability.total_vfs;

	if (!bar->placed)
		return unplaced(builder, index);
	return vf_exactly(room < UINT16_MAX ? (uint32_t)room : UINT16_MAX, VF_REASON_RESIZED_BAR,
			  "every VF BAR is placed", resources);
}

struct vf_term vf_mmio(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	const struct pci_resources *resources = &function->resources;
	struct vf_term term = vf_unknown("no VF BAR can be seen", &resources->fact);
	bool found = false;

	if (fact_absent(&function->sriov.totalvfs.fact))
		return vf_unlimited();
	if (!fact_known(&resources->fact) || resources->count < FIRST_VF_BAR_LINE + SRIOV_BAR_COUNT)
		return vf_unknown("memory of the VF BARs could not be read", &resources->fact);
	read_bars(builder->budget);
	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		if (!builder->budget->bars[i].implemented)
			continue;
		struct vf_term one = judge_bar(builder, i);
		if (!found || one.at_most < term.at_most)
			term = one;
		found = true;
	}
	return term;
}

uint64_t vf_budget_memory(const struct vf_budget *budget)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		const struct vf_bar *bar = &budget->bars[i];
		if (bar->implemented && !bar->size)
			return 0;
		/* Sizes come from the host's lines; nonsense there must not wrap. */
		if (__builtin_add_overflow(sum, bar->size, &sum))
			return 0;
	}
	return __builtin_mul_overflow(sum, (uint64_t)budget->capability.total_vfs, &sum) ? 0 : sum;
}

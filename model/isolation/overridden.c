/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/overridden.h"

/* What the members of a group without the override show. */
struct tally {
	size_t whole; /* groups that it would split, and the kernel has not */
	size_t split;
	size_t open; /* that tell nothing, as something was not read */
};

static bool is_apart(const struct isolation *isolation, const struct pci_function *a,
		     const struct pci_function *b)
{
	const struct isolation_group *one = isolation_of(isolation, a);
	const struct isolation_group *other = isolation_of(isolation, b);

	return one && other && one->known && other->known && one != other;
}

static void count_group(const struct isolation_group *group, const struct isolation *overridden,
			struct tally *tally)
{
	const struct pci_function *first = group->functions[0];
	bool differs = false, whole = true;

	for (size_t i = 1; i < group->count; i++) {
		const struct pci_function *other = group->functions[i];
		if (!fact_known(&other->group.fact) || !fact_known(&first->group.fact)) {
			tally->open++;
			return;
		}
		differs |= is_apart(overridden, first, other);
		whole &= other->group.value == first->group.value;
	}
	tally->whole += differs && whole;
	tally->split += differs && !whole;
}

enum acs_override_state acs_override_judge(const struct isolation *isolation,
					   const struct host_platform *platform,
					   const struct kernel_parameters *parameters,
					   const struct dma_units *units, struct arena *arena)
{
	const struct pci *pci = &isolation->host->pci;
	struct isolation overridden;
	struct tally tally = {0};

	if (!parameters->acs_override || platform->translation != TRANSLATION_ON)
		return ACS_OVERRIDE_UNKNOWN;
	isolation_build_overridden(isolation->host, platform, parameters, units, arena,
				   &overridden);
	for (size_t i = 0; i < pci->count; i++) {
		const struct isolation_group *group = isolation_of(isolation, &pci->functions[i]);
		if (!group || group->functions[0] != &pci->functions[i])
			continue;
		if (group->known)
			count_group(group, &overridden, &tally);
		else
			tally.open++;
	}
	if (tally.split)
		return ACS_OVERRIDE_ACTS;
	if (tally.whole)
		return ACS_OVERRIDE_DEAD;
	return tally.open || !pci->count ? ACS_OVERRIDE_UNKNOWN : ACS_OVERRIDE_IDLE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/isolation/stale.h"

const struct isolation_culprit *stale_next_cause(const struct isolation_culprit *culprit)
{
	while (culprit &&
	       (culprit->acs.verdict != ACS_FAILS || culprit->acs.reason != ACS_BITS_OFF))
		culprit = culprit->next;
	return culprit;
}

/* The first member whose kernel's group is known, or NULL. */
static const struct pci_function *first_grouped(const struct isolation_group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		if (fact_known(&group->functions[i]->group.fact))
			return group->functions[i];
	}
	return NULL;
}

static bool is_apart(const struct pci_function *first, const struct pci_function *other)
{
	return fact_known(&other->group.fact) && other->group.value != first->group.value;
}

/* Whether the kernel has members of the predicted group in several of its own, and ACS bits that
 * are off are among what merges them. */
static bool may_be_stale(const struct isolation_group *group)
{
	const struct pci_function *first = first_grouped(group);

	if (!first || !stale_next_cause(group->culprits))
		return false;
	for (size_t i = 0; i < group->count; i++) {
		if (is_apart(first, group->functions[i]))
			return true;
	}
	return false;
}

/* Whether what the kernel has apart was apart by the bits of the boot. */
static bool is_stale(const struct isolation_group *group, const struct isolation *at_boot)
{
	const struct pci_function *first = first_grouped(group);
	const struct isolation_group *before = isolation_of(at_boot, first);

	for (size_t i = 0; before && before->known && i < group->count; i++) {
		const struct pci_function *other = group->functions[i];
		const struct isolation_group *others = isolation_of(at_boot, other);
		if (is_apart(first, other) && others && others->known && others != before)
			return true;
	}
	return false;
}

static void note(struct stale_groups *groups, const struct isolation_group *group,
		 enum stale_state state)
{
	const struct pci_function *functions = groups->host->pci.functions;

	for (size_t i = 0; i < group->count; i++) {
		if (fact_known(&group->functions[i]->group.fact))
			groups->states[group->functions[i] - functions] = state;
	}
}

void stale_groups_build(const struct isolation *isolation, const struct host_platform *platform,
			const struct kernel_parameters *parameters, const struct dma_units *units,
			struct arena *arena, struct stale_groups *ret)
{
	const struct host *host = isolation->host;
	struct isolation at_boot = {0};

	*ret = (struct stale_groups){
		.host = host,
		.states = arena_array(arena, host->pci.count + 1, sizeof(*ret->states)),
	};
	for (size_t i = 0; ret->states && i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		const struct isolation_group *group = isolation_of(isolation, function);
		if (!group || fact_absent(&function->group.fact))
			ret->states[i] = STALE_NO;
		if (!group || !group->known || group->functions[0] != function)
			continue;
		bool stale = !parameters->acs_override && may_be_stale(group);
		if (stale && !at_boot.nodes)
			isolation_build_at_boot(host, platform, parameters, units, arena, &at_boot);
		note(ret, group, stale && is_stale(group, &at_boot) ? STALE_YES : STALE_NO);
	}
}

enum stale_state stale_group_of(const struct stale_groups *groups,
				const struct pci_function *function)
{
	return groups->states ? groups->states[function - groups->host->pci.functions]
			      : STALE_UNKNOWN;
}

const char *stale_cause_words(const struct isolation_culprit *cause, struct arena *arena)
{
	return arena_printf(arena, "ACS bits of %s%s are off since boot", cause->function->name,
			    stale_next_cause(cause->next) ? " and others" : "");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

enum kind { BLOCKED, UNDETERMINED, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[BLOCKED] =
		{"domain-assignability.blocked",
		 "A domain uses a function that cannot be assigned to a guest. VFIO refuses it, "
		 "and the guest does not start; or the host needs it; or the hardware is in a "
		 "state in which no guest can use it. The summary says which.",
		 "See with passcheck FUNCTION what would help, or give the domain another "
		 "function."},
	[UNDETERMINED] = {"domain-assignability.undetermined",
			  "passcheck cannot tell whether a function that a domain uses can be "
			  "assigned to a guest, because something could not be read.",
			  FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Returns the first VF of a PF that a line takes with all functions of their slot, or NULL. */
static const struct pci_function *vf_of_slot(const struct domain_map *map,
					     const struct domain_use *use)
{
	for (size_t i = 0; use->named && use->named->whole_slot && i < map->use_count; i++) {
		const struct domain_use *other = &map->uses[i];
		if (other->named == use->named && other->function &&
		    other->function->pf == use->function)
			return other->function;
	}
	return NULL;
}

static void report(const struct domain_use *use, enum kind kind, enum finding_verdict verdict,
		   const struct blocker *blocker, const struct domain_map *map,
		   struct findings *findings)
{
	const struct pci_function *vf = vf_of_slot(map, use);
	struct finding *finding = finding_add(
		findings, &kinds[kind], verdict, subject_domain(use->domain->name),
		"%s uses %s, which %s: %s", use->domain->name, use->function->name,
		kind == BLOCKED ? "cannot be assigned to a guest" : "may be impossible to assign",
		blocker ? blocker->why : "it is a bridge");

	if (blocker && blocker == assignable_host_use(use->assignable))
		finding_follows(finding, "domain-functions.vital",
				subject_domain(use->domain->name));
	if (blocker && blocker->evidence)
		finding_evidence_state(finding, blocker->evidence);
	if (blocker && blocker->evidence && verdict == FINDING_UNKNOWN)
		finding_remedy_unread(finding, blocker->evidence);
	if (vf && blocker && blocker->kind == BLOCKER_VFS_ENABLED)
		finding_remedy(
			finding,
			"Its line takes all functions of the slot, and %s is the physical "
			"function, whose VFs go with it: give the guest one VF alone, by the "
			"whole address, as %s. Otherwise see what would help",
			use->function->name, vf->name);
	if (!finding->remedy)
		finding_remedy(finding, "See what would help");
	finding_command(finding, "passcheck %s", use->function->name);
}

static void judge(const struct domain_map *map, const struct domain_use *use,
		  struct findings *findings)
{
	const struct assignable *assignable = use->assignable;

	switch (assignable->verdict) {
	case ASSIGNABLE:
	case ASSIGNABLE_WITH:
		return;
	case ASSIGNABLE_NOT_A_CANDIDATE:
		report(use, BLOCKED, FINDING_FAIL, NULL, map, findings);
		return;
	case ASSIGNABLE_BLOCKED:
		for (const struct blocker *blocker = assignable->blockers; blocker;
		     blocker = blocker->next)
			report(use, BLOCKED, FINDING_FAIL, blocker, map, findings);
		return;
	case ASSIGNABLE_UNDETERMINED:
		for (const struct blocker *blocker = assignable->missing; blocker;
		     blocker = blocker->next)
			report(use, UNDETERMINED, FINDING_UNKNOWN, blocker, map, findings);
		return;
	}
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->use_count; i++) {
		const struct domain_use *use = &map->uses[i];
		if (domain_map_is_first(map, use))
			judge(map, use, context->findings);
	}
}

const struct check check_domain_assignability = {
	.id = "domain-assignability",
	.title = "Can the functions that domains use be assigned to a guest?",
	.needs = "the XML of domains, and what an audit of their host needs",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};

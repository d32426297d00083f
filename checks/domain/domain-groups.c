/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <inttypes.h>

#include "model/assign/leaving.h"
#include "model/own_commands.h"
#include "model/sriov/vf_driver.h"

enum kind { INCOMPLETE, SHARED_FUNCTION, SHARED_GROUP, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[INCOMPLETE] =
		{"domain-groups.incomplete",
		 "A function in the IOMMU group of one that a domain uses is held by its host "
		 "driver, and the domain does not take it along. VFIO assigns whole groups: "
		 "QEMU ends with \"group is not viable\". libvirt does not detach such "
		 "companions by itself.",
		 "Give the domain the companion too: with <address type='unassigned'/> the "
		 "guest does not see it, and " OWN_XML " FUNCTION writes it. Without libvirt, "
		 "bind the companion to vfio-pci before the guest starts, whether the guest gets "
		 "it or not. A "
		 "companion that is a bridge cannot be assigned to a guest: unbind it from its "
		 "driver."},
	[SHARED_FUNCTION] =
		{"domain-groups.shared-function",
		 "Two domains use the same function: they cannot run at the same time.",
		 "Run one of the domains at a time, or give them functions of different groups."},
	[SHARED_GROUP] =
		{"domain-groups.shared-group",
		 "Two domains use functions of the same IOMMU group. A group has one owner: "
		 "the domains cannot run at the same time.",
		 "Run one of the domains at a time, or give them functions of different groups; "
		 "passcheck explain isolation says what may make groups smaller."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Most drivers of a physical function take its VFs away when they leave it. */
static bool takes_vf_away(const struct domain_map *map, const struct domain_use *use,
			  const struct pci_function *companion)
{
	const struct vf_driver *driver = vf_driver_of(map->model->host, companion);

	return companion == use->function->pf && !(driver && driver->fate == VF_FATE_KEPT);
}

static void report_companion(const struct domain_map *map, const struct domain_use *use,
			     const struct pci_function *companion, struct findings *findings)
{
	const struct assignability *assignability = &map->model->assignability;
	enum leaving leaving = leaving_with(assignability, companion, use->function);
	struct finding *finding = finding_add(
		findings, &kinds[INCOMPLETE], FINDING_FAIL, subject_domain(use->domain->name),
		"%s uses %s, but %s in its group stays with the host driver %s", use->domain->name,
		use->function->name, companion->name, companion->driver.text);

	finding_evidence(finding, &use->function->group.fact, "group %" PRId64,
			 use->function->group.value);
	finding_evidence(finding, &companion->driver.fact, "%s", companion->driver.text);
	if (assignable_host_use(assignability_of(assignability, companion))) {
		finding_remedy(finding, "Give the domain a function of another group: the host "
					"needs the companion");
		return;
	}
	if (takes_vf_away(map, use, companion)) {
		finding_remedy(finding, "Give the domain a VF of another group: this one goes when "
					"its physical function leaves its driver");
		return;
	}
	if (leaving_only_unbinds(leaving)) {
		finding_remedy(finding, "Unbind the %s from its driver", leaving_word(leaving));
		finding_command(finding, "echo %s > /sys/bus/pci/devices/%s/driver/unbind",
				companion->name, companion->name);
		return;
	}
	if (use->domain->other_stack) {
		finding_remedy(finding, "Bind the companion to vfio-pci before the guest starts, "
					"whether the guest gets it or not");
		finding_command(finding, OWN_PLAN " %s", use->function->name);
		return;
	}
	finding_remedy(finding, "Give the domain the companion too: with <address "
				"type='unassigned'/> the guest does not see it");
	finding_command(finding, OWN_XML " %s", use->function->name);
}

/* Too many to be named for each domain: see MOST_COMPANIONS_LISTED. */
static void report_many_companions(const struct domain_use *use, struct findings *findings)
{
	const struct pci_function *function = use->function;
	struct finding *finding = finding_add(
		findings, &kinds[INCOMPLETE], FINDING_FAIL, subject_domain(use->domain->name),
		"%s uses %s, but more than %d others of its group stay with host drivers",
		use->domain->name, function->name, MOST_COMPANIONS_LISTED);

	finding_evidence(finding, &function->group.fact, "group %" PRId64, function->group.value);
	finding_remedy(finding, "Give the domain a function of a smaller group, or the others "
				"too: " OWN_PLAN " says how they leave their drivers");
	finding_command(finding, OWN_PLAN " %s", function->name);
}

/* Returns whether the companion is gone once what the domain uses has left the host. */
static bool goes_along(const struct domain_map *map, const struct domain *domain,
		       const struct pci_function *companion)
{
	const struct pci_function *const above[] = {companion->vmd, companion->pf};

	for (size_t i = 0; i < ARRAY_LENGTH(above); i++) {
		if (above[i] && domain_map_find(map, domain, above[i]) &&
		    leaving_with(&map->model->assignability, companion, above[i]) == LEAVING_ALONG)
			return true;
	}
	return false;
}

/* Looks no further than more are missed than are named. */
static void judge_companions(const struct domain_map *map, const struct domain_use *use,
			     struct findings *findings)
{
	const struct pci_function *missed[MOST_COMPANIONS_LISTED];
	const struct assignable *assignable = use->assignable;
	size_t count = 0;

	for (size_t i = 0; i < assignable->companion_count; i++) {
		const struct pci_function *companion = assignable->companions[i];
		if (goes_along(map, use->domain, companion) ||
		    domain_map_find(map, use->domain, companion))
			continue;
		if (count == ARRAY_LENGTH(missed)) {
			report_many_companions(use, findings);
			return;
		}
		missed[count++] = companion;
	}
	for (size_t i = 0; i < count; i++)
		report_companion(map, use, missed[i], findings);
}

/*
 * Returns the first function of use's domain that the domain of other uses too, of those that
 * cannot have different owners; NULL if there is none. other is the first such use of its domain.
 */
static const struct pci_function *common_function(const struct domain_map *map,
						  const struct domain_use *use,
						  const struct domain_use *other)
{
	const struct domain_use *first = NULL;
	const struct domain *domain = other->domain;

	for (; other && other->domain == domain; other = domain_map_rival_behind(map, other)) {
		const struct domain_use *same = domain_map_find(map, use->domain, other->function);
		if (same && (!first || same < first))
			first = same;
	}
	return first ? first->function : NULL;
}

static void report_shared(const struct domain_map *map, const struct domain_use *use,
			  const struct domain_use *other, struct findings *findings)
{
	const struct pci_function *common = common_function(map, use, other);
	struct subject subject = subject_domain(other->domain->name);
	struct finding *finding;

	if (common)
		finding = finding_add(findings, &kinds[SHARED_FUNCTION], FINDING_WARN, subject,
				      "%s and %s both use %s", use->domain->name,
				      other->domain->name, common->name);
	else
		finding = finding_add(findings, &kinds[SHARED_GROUP], FINDING_WARN, subject,
				      "%s and %s use %s and %s, which are in one IOMMU group",
				      use->domain->name, other->domain->name, use->function->name,
				      other->function->name);
	finding_evidence(finding, &use->function->group.fact, "group %" PRId64,
			 use->function->group.value);
}

/* Names each other domain once; the uses of a domain stand together. */
static void judge_others(const struct domain_map *map, const struct domain_use *use,
			 struct findings *findings)
{
	const struct domain *named = use->domain;

	for (const struct domain_use *other = domain_map_rival_behind(map, use); other;
	     other = domain_map_rival_behind(map, other)) {
		if (other->domain == named)
			continue;
		named = other->domain;
		report_shared(map, use, other, findings);
	}
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;
	struct findings *findings = context->findings;

	for (size_t i = 0; i < map->use_count; i++) {
		const struct domain_use *use = &map->uses[i];
		if (!use->function)
			continue;
		const struct domain_use *before = domain_map_rival_before(map, use);
		if (!before || before->domain != use->domain)
			judge_companions(map, use, findings);
		if (!before)
			judge_others(map, use, findings);
	}
}

const struct check check_domain_groups = {
	.id = "domain-groups",
	.title = "Do domains take whole IOMMU groups, each its own?",
	.needs = "the XML of domains, and groups and drivers of their host; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};

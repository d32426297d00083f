/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <errno.h>
#include <string.h>

#include "model/pcie.h"

enum kind { SHARED, UNKNOWN, DIFFERS, PEER_TO_PEER, ISOLATED };

static const struct finding_kind kinds[] = {
	[SHARED] = {"isolation.shared-group",
		    "Several devices are in one IOMMU group, because something on the way to them, "
		    "or they themselves, does not isolate: the kernel demands ACS (source "
		    "validation, request and completion redirect, upstream forwarding) of every "
		    "port above and of functions that share a slot. A group goes to one guest as a "
		    "whole. Where the IOMMU is off, this is what the kernel's rules will give."},
	[UNKNOWN] =
		{"isolation.unknown",
		 "Which group the kernel's rules give could not be told, because registers that "
		 "they ask for were not read. Config space beyond 64 bytes needs "
		 "CAP_SYS_ADMIN."},
	[DIFFERS] =
		{"isolation.differs",
		 "The kernel's group of a function is not the one that its rules give for this "
		 "hardware. The kernel's is what counts. Kernels with out-of-tree patches, with "
		 "ACS enabled too late (6.12.75 to .77 and stable kernels like it), or with the "
		 "reworked grouping form others; so does a device that came or changed after "
		 "boot."},
	[PEER_TO_PEER] =
		{"isolation.peer-to-peer",
		 "Downstream ports of one switch lack ACS, and still each has a group: the "
		 "kernel looks at a port's own slot only. Devices below two such ports can "
		 "reach each other inside the switch, past the IOMMU. Groups do not show "
		 "this."},
	[ISOLATED] = {"isolation.isolated",
		      "Every device that could be given away has a group to itself."},
};

static bool is_endpoint(const struct pci_function *function)
{
	return pci_header_type(function) <= 0 && pci_class(function) >> 8 != 0x06;
}

/* Functions of one slot are one device; VFs are devices of their own. */
static bool is_same_device(const struct pci_function *a, const struct pci_function *b)
{
	return pcie_same_bus(a, b) && a->address.device == b->address.device && !pci_is_vf(a) &&
	       !pci_is_vf(b);
}

static bool holds_several_devices(const struct isolation_group *group)
{
	const struct pci_function *first = NULL;

	for (size_t i = 0; i < group->count; i++) {
		const struct pci_function *function = group->functions[i];
		if (!is_endpoint(function))
			continue;
		if (first && !is_same_device(first, function))
			return true;
		first = first ? first : function;
	}
	return false;
}

static size_t count_endpoints(const struct isolation_group *group)
{
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++)
		count += is_endpoint(group->functions[i]);
	return count;
}

static const char *names_of(struct arena *arena, const struct isolation_group *group)
{
	enum { MOST_NAMES = 8 };
	const char *names = "";
	size_t shown = 0;

	for (size_t i = 0; i < group->count; i++) {
		if (!is_endpoint(group->functions[i]))
			continue;
		if (shown++ < MOST_NAMES)
			names = arena_printf(arena, "%s%s%s", names, *names ? ", " : "",
					     group->functions[i]->name);
	}
	if (shown > MOST_NAMES)
		names = arena_printf(arena, "%s and %zu more", names, shown - MOST_NAMES);
	return names;
}

static void report_shared(const struct isolation_group *group, struct findings *findings)
{
	const struct isolation_culprit *culprit = group->culprits;
	const struct pci_function *first = group->functions[0];
	struct finding *finding =
		finding_add(findings, &kinds[SHARED], FINDING_WARN, subject_function(first),
			    "%s share a group because %s %s", names_of(findings->arena, group),
			    culprit ? culprit->function->name : first->name,
			    culprit ? culprit->why : "the kernel's rules say so");

	for (; culprit; culprit = culprit->next)
		finding_evidence(finding, &culprit->function->config.fact, "%s %s",
				 culprit->function->name, culprit->why);
	finding_remedy(finding, "Put the device into a slot below a port with ACS, look for an ACS "
				"setting in the firmware setup, or give the whole group to one "
				"guest");
}

static void report_unknown(const struct isolation_group *group, struct findings *findings)
{
	const struct pci_function *first = group->functions[0];
	struct finding *finding = finding_add(
		findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_function(first),
		"the group of %s cannot be predicted: %s", first->name, group->unknown_why);
	struct fact fact = first->config.fact;

	if (fact_known(&fact) && first->config.length <= 2 * CONFIG_HEADER_SIZE) {
		fact.state = FACT_UNREADABLE;
		fact.error = EPERM;
	}
	finding_evidence_state(finding, &fact);
	finding_remedy_unread(finding, &fact);
}

/* Judges each group once: at its first function. */
static void judge_group(const struct isolation_group *group, struct findings *findings,
			bool *isolated)
{
	if (!group->known) {
		*isolated = false;
		if (count_endpoints(group))
			report_unknown(group, findings);
		return;
	}
	if (!holds_several_devices(group))
		return;
	*isolated = false;
	report_shared(group, findings);
}

static bool is_member(const struct iommu_group *actual, const char *name)
{
	for (size_t i = 0; i < actual->devices.count; i++) {
		if (strcmp(actual->devices.names[i], name) == 0)
			return true;
	}
	return false;
}

/* Functions that the kernel left without a group are news of another check. */
static bool agrees(const struct host *host, const struct isolation_group *group,
		   const struct iommu_group *actual)
{
	size_t grouped = 0, members = 0;

	for (size_t i = 0; i < group->count; i++) {
		if (!fact_known(&group->functions[i]->group.fact))
			continue;
		grouped++;
		if (!is_member(actual, group->functions[i]->name))
			return false;
	}
	for (size_t i = 0; i < actual->devices.count; i++)
		members += pci_find_name(&host->pci, actual->devices.names[i]) != NULL;
	return grouped == members;
}

static void compare(const struct host *host, const struct isolation_group *group,
		    struct findings *findings)
{
	const struct pci_function *first = group->functions[0];
	const struct iommu_group *actual;

	if (!group->known || !fact_known(&first->group.fact))
		return;
	actual = iommu_group_find(&host->groups, first->group.value);
	if (!actual || !fact_known(&actual->devices.fact) || agrees(host, group, actual))
		return;
	struct finding *finding = finding_add(
		findings, &kinds[DIFFERS], FINDING_WARN, subject_function(first),
		"the kernel put %s into group %u with %zu functions; its rules give %zu",
		first->name, actual->id, actual->devices.count, group->count);
	finding_evidence(finding, &actual->devices.fact, "%zu functions", actual->devices.count);
	finding_evidence(finding, &first->config.fact, "%s", names_of(findings->arena, group));
	finding_remedy(finding, "Trust the kernel's group");
}

/* Whether function is a downstream port that does not isolate, with a sibling like it. */
static bool is_leaky_port(const struct isolation *isolation, const struct pci_function *function)
{
	const struct acs *acs = isolation_acs(isolation, function);

	return acs && acs->verdict == ACS_FAILS && pcie_type_of(function) == PCIE_DOWNSTREAM_PORT;
}

static void judge_switch(const struct host *host, const struct isolation *isolation, size_t index,
			 struct findings *findings)
{
	const struct pci_function *port = &host->pci.functions[index];

	if (!is_leaky_port(isolation, port))
		return;
	for (size_t i = index; i > 0 && pcie_same_bus(port, &host->pci.functions[i - 1]); i--) {
		const struct pci_function *other = &host->pci.functions[i - 1];
		if (!is_leaky_port(isolation, other))
			continue;
		struct finding *finding = finding_add(
			findings, &kinds[PEER_TO_PEER], FINDING_WARN, subject_function(port),
			"devices below %s and %s can reach each other inside the switch",
			other->name, port->name);
		finding_evidence(finding, &port->config.fact, "%s",
				 isolation_acs(isolation, port)->why);
		finding_remedy(finding, "Give what is below these ports to one guest, or use slots "
					"that are not behind this switch");
		return;
	}
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	bool isolated = host->pci.count > 0;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		const struct isolation_group *group = isolation_of(&model->isolation, function);

		if (!group)
			continue;
		if (group->functions[0] == function) {
			judge_group(group, findings, &isolated);
			compare(host, group, findings);
		}
		judge_switch(host, &model->isolation, i, findings);
	}
	if (!isolated)
		return;
	struct finding *finding = finding_add(findings, &kinds[ISOLATED], FINDING_PASS,
					      subject_host(), "no two devices share a group");
	finding_evidence(finding, &host->pci.fact, "%zu functions", host->pci.count);
}

const struct check check_isolation = {
	.id = "isolation",
	.title = "Which devices share an IOMMU group, and what makes them?",
	.needs = "config space of every function; CAP_SYS_ADMIN to see beyond its first 64 bytes",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};

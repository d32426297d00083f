/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include "model/assignability.h"

enum kind { ASSIGNABLE_ALONE, WITH_COMPANIONS, BLOCKED, UNDETERMINED };

static const struct finding_kind kinds[] = {
	[ASSIGNABLE_ALONE] = {"assignability.assignable",
			      "VFIO would give this function to a guest: it is in a group in which "
			      "no other function is held by a host driver, and nothing blocks it."},
	[WITH_COMPANIONS] =
		{"assignability.companions",
		 "VFIO gives a group to a guest only when every function in it is free "
		 "of host drivers. The companions named hold one now and must leave it, "
		 "too: bind them to vfio-pci or pci-stub, or unbind them."},
	[BLOCKED] =
		{"assignability.blocked",
		 "VFIO would refuse this function: it is in no group, firmware has nailed it to "
		 "memory, it is a PF with VFs enabled, it is a VF in the group of its PF, vfio-pci "
		 "denies it, or interrupts are not remapped. The summary says which."},
	[UNDETERMINED] = {"assignability.undetermined",
			  "Whether VFIO would take this function could not be told; the summary "
			  "says what was not read."},
};

static const char *companion_names(struct arena *arena, const struct assignable *assignable)
{
	const char *names = "";

	for (size_t i = 0; i < assignable->companion_count; i++)
		names = arena_printf(arena, "%s%s%s (%s)", names, i ? ", " : "",
				     assignable->companions[i]->name,
				     assignable->companions[i]->driver.text);
	return names;
}

static void report_companions(const struct pci_function *function,
			      const struct assignable *assignable, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[WITH_COMPANIONS], FINDING_WARN,
			    subject_function(function), "%s can be given away only with %s",
			    function->name, companion_names(findings->arena, assignable));

	for (size_t i = 0; i < assignable->companion_count; i++)
		finding_evidence(finding, &assignable->companions[i]->driver.fact, "%s",
				 assignable->companions[i]->driver.text);
	finding_remedy(finding,
		       "Unbind the companions from their drivers, or bind them to vfio-pci");
	for (size_t i = 0; i < assignable->companion_count; i++)
		finding_command(finding, "echo %s > /sys/bus/pci/devices/%s/driver/unbind",
				assignable->companions[i]->name, assignable->companions[i]->name);
}

static void report_reasons(const struct pci_function *function, enum kind kind,
			   const struct blocker *reasons, struct findings *findings)
{
	bool blocked = kind == BLOCKED;
	struct finding *finding = finding_add(
		findings, &kinds[kind], blocked ? FINDING_FAIL : FINDING_UNKNOWN,
		subject_function(function), "%s: %s: %s", function->name,
		blocked ? "cannot be given away" : "cannot tell whether it can be given away",
		reasons->why);

	for (; reasons; reasons = reasons->next) {
		if (!reasons->evidence)
			continue;
		finding_evidence(finding, reasons->evidence, "%s", reasons->why);
		if (!blocked)
			finding_remedy_unread(finding, reasons->evidence);
	}
}

static void judge(const struct assignable *assignable, const struct pci_function *function,
		  struct findings *findings)
{
	struct finding *finding;

	switch (assignable->verdict) {
	case ASSIGNABLE:
		finding = finding_add(findings, &kinds[ASSIGNABLE_ALONE], FINDING_PASS,
				      subject_function(function), "%s can be given away",
				      function->name);
		finding_evidence(finding, &function->group.fact, "%d", (int)function->group.value);
		return;
	case ASSIGNABLE_WITH:
		report_companions(function, assignable, findings);
		return;
	case ASSIGNABLE_BLOCKED:
		report_reasons(function, BLOCKED, assignable->blockers, findings);
		return;
	case ASSIGNABLE_UNDETERMINED:
		report_reasons(function, UNDETERMINED, assignable->missing, findings);
		return;
	case ASSIGNABLE_NOT_A_CANDIDATE:
		return;
	}
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		judge(assignability_of(&model->assignability, function), function, findings);
	}
}

const struct check check_assignability = {
	.id = "assignability",
	.title = "Which functions would VFIO give to a guest?",
	.needs = "groups, drivers and config space; CAP_SYS_ADMIN to see whether a PF has VFs",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "model/platform.h"

enum kind { UNREADABLE, NONE, GROUPED, UNGROUPED, GROUP_UNREADABLE, NOIOMMU };

static const struct finding_kind kinds[] = {
	[UNREADABLE] =
		{"iommu-groups.unreadable",
		 "The kernel's IOMMU groups could not be listed, so it is unknown whether any "
		 "function can be given away."},
	[NONE] = {"iommu-groups.none",
		  "No PCI function is in an IOMMU group: the kernel translates no DMA. A group is "
		  "what VFIO gives to a guest; without one there is nothing to give. The other "
		  "findings say why translation is off."},
	[GROUPED] = {"iommu-groups.present",
		     "The kernel has put PCI functions into IOMMU groups: DMA remapping runs."},
	[UNGROUPED] =
		{"iommu-groups.ungrouped",
		 "A function is in no IOMMU group although others are: no unit translates "
		 "its DMA (an IOMMU's own function, a graphics function under "
		 "intel_iommu=igfx_off), or its driver gave up while it was set up. It cannot "
		 "be given away."},
	[GROUP_UNREADABLE] = {"iommu-groups.group-unreadable",
			      "Which group a function is in could not be read."},
	[NOIOMMU] = {"iommu-groups.noiommu",
		     "VFIO's noiommu mode makes groups for devices without an IOMMU. Nothing keeps "
		     "such a device from reading and writing all memory: it is never safe for a "
		     "guest."},
};

static void report_none(const struct host *host, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[NONE], FINDING_FAIL, subject_host(),
			    "no PCI function is in an IOMMU group: DMA remapping is off");

	finding_evidence(finding, &host->groups.fact, "%zu groups", host->groups.count);
	finding_evidence(finding, &host->units.fact, "%zu units", host->units.count);
	if (platform_is_guest(host))
		finding_remedy(finding, "Give this virtual machine a virtual IOMMU, if devices are "
					"to be passed on from it");
	else
		finding_remedy(finding, "Switch the IOMMU on in the firmware setup and in the "
					"kernel; the findings on ACPI tables and on the command "
					"line say which is missing");
}

static bool is_bridge(const struct pci_function *function)
{
	int header_type = pci_header_type(function);

	return header_type > 0 || pci_class(function) >> 8 == 0x06;
}

static void judge_function(const struct pci_function *function, struct findings *findings)
{
	struct finding *finding;

	if (fact_known(&function->group.fact))
		return;
	if (fact_absent(&function->group.fact)) {
		/* A bridge is never given away. */
		if (is_bridge(function))
			return;
		finding = finding_add(findings, &kinds[UNGROUPED], FINDING_WARN,
				      subject_function(function),
				      "%s is in no IOMMU group, though others are", function->name);
	} else {
		finding = finding_add(findings, &kinds[GROUP_UNREADABLE], FINDING_UNKNOWN,
				      subject_function(function),
				      "the IOMMU group of %s could not be read", function->name);
	}
	finding_evidence_state(finding, &function->group.fact);
}

static void report_groups(const struct host *host, struct findings *findings)
{
	struct finding *finding;
	size_t count = 0;

	for (size_t i = 0; i < host->pci.count; i++)
		count += fact_known(&host->pci.functions[i].group.fact);
	finding = finding_add(findings, &kinds[GROUPED], FINDING_PASS, subject_host(),
			      "%zu of %zu PCI functions are in %zu IOMMU groups", count,
			      host->pci.count, host->groups.count);
	finding_evidence(finding, &host->groups.fact, "%zu groups", host->groups.count);
	for (size_t i = 0; i < host->pci.count; i++)
		judge_function(&host->pci.functions[i], findings);
}

static void judge_noiommu(const struct host *host, struct findings *findings)
{
	const struct fact_text *mode = &host->modules.vfio_noiommu;

	if (!fact_known(&mode->fact) || mode->text[0] != 'Y')
		return;
	struct finding *finding = finding_add(findings, &kinds[NOIOMMU], FINDING_WARN,
					      subject_host(), "VFIO's unsafe noiommu mode is on");
	finding_evidence(finding, &mode->fact, "%s", mode->text);
	finding_remedy(finding, "Switch it off");
	finding_command(finding, "echo N > %s", mode->fact.source);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	const struct fact *evidence;
	struct finding *finding;

	(void)model;
	judge_noiommu(host, findings);
	switch (platform_translation(host, &evidence)) {
	case TRANSLATION_ON:
		report_groups(host, findings);
		return;
	case TRANSLATION_OFF:
		report_none(host, findings);
		return;
	case TRANSLATION_UNKNOWN:
		finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
				      "the IOMMU groups could not be read");
		finding_evidence_state(finding, &host->groups.fact);
		finding_remedy_unread(finding, &host->groups.fact);
		return;
	}
}

const struct check check_iommu_groups = {
	.id = "iommu-groups",
	.title = "Has the kernel put the PCI functions into IOMMU groups?",
	.needs = "/sys/kernel/iommu_groups and the iommu_group links of functions; no privilege",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "host/capabilities.h"

enum kind { NONE, UNREADABLE, CAPABLE, REFUSED, NO_SUPPORT };

static const struct finding_kind kinds[] = {
	[NONE] = {"sriov.none",
		  "No function of this host has the SR-IOV capability: none can be split into "
		  "virtual functions. Firmware can hide the capability."},
	[UNREADABLE] =
		{"sriov.unreadable",
		 "Whether a function has the SR-IOV capability could not be told: the kernel "
		 "shows the capabilities in config space only to a reader with "
		 "CAP_SYS_ADMIN, or the extended config space cannot be reached."},
	[CAPABLE] = {"sriov.capable",
		     "A physical function has the SR-IOV capability, and the kernel took it."},
	[REFUSED] =
		{"sriov.refused",
		 "A physical function has the SR-IOV capability, but its registers break a rule "
		 "by which the kernel then does without: no VF stride with more than one VF, no "
		 "first VF offset, no VFs, or no usable page size (sriov_init() and "
		 "compute_max_vf_buses(), drivers/pci/iov.c)."},
	[NO_SUPPORT] = {"sriov.no-kernel-support",
			"A physical function has the SR-IOV capability, but the kernel has no "
			"sriov_totalvfs attribute for it: it was built without CONFIG_PCI_IOV, or "
			"refused the capability."},
};

/* Returns the rule of the kernel that the registers break, or NULL. */
static const char *broken_rule(const struct sriov_capability *sriov)
{
	bool enabled = sriov->num_vfs > 0;

	if (sriov->total_vfs == 0)
		return "TotalVFs is 0";
	if (sriov->supported_page_sizes == 0)
		return "it supports no page size";
	/* Offset and stride may depend on NumVFs, and be 0 while that is. */
	if (enabled && sriov->first_vf_offset == 0)
		return "the first VF offset is 0";
	if (enabled && sriov->num_vfs > 1 && sriov->vf_stride == 0)
		return "the VF stride is 0";
	return NULL;
}

static void judge_capability(const struct pci_function *function,
			     const struct sriov_capability *sriov, struct findings *findings)
{
	const char *rule = broken_rule(sriov);
	struct finding *finding;

	if (rule) {
		finding = finding_add(findings, &kinds[REFUSED], FINDING_WARN,
				      subject_function(function),
				      "%s has an SR-IOV capability that the kernel refuses: %s",
				      function->name, rule);
	} else if (fact_absent(&function->sriov.totalvfs.fact)) {
		finding = finding_add(
			findings, &kinds[NO_SUPPORT], FINDING_WARN, subject_function(function),
			"%s has SR-IOV, but the kernel does not offer it", function->name);
		finding_evidence_state(finding, &function->sriov.totalvfs.fact);
		finding_remedy(finding, "Run a kernel with CONFIG_PCI_IOV; if this one has it, its "
					"log says why it refused the capability");
	} else {
		finding = finding_add(findings, &kinds[CAPABLE], FINDING_PASS,
				      subject_function(function), "%s can have %u VFs by itself",
				      function->name, sriov->total_vfs);
	}
	finding_evidence(finding, &function->config.fact,
			 "TotalVFs %u, InitialVFs %u, NumVFs %u, offset %u, stride %u, VF device "
			 "%04x, page sizes 0x%x",
			 sriov->total_vfs, sriov->initial_vfs, sriov->num_vfs,
			 sriov->first_vf_offset, sriov->vf_stride, sriov->vf_device_id,
			 sriov->supported_page_sizes);
}

static void report_unreadable(const struct pci_function *function,
			      const struct capability *capability, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_function(function),
		"whether %s has SR-IOV could not be told", function->name);
	struct fact fact = function->config.fact;

	fact.state = capability->state;
	fact.error = capability->error;
	finding_evidence_state(finding, &fact);
	finding_remedy_unread(finding, &fact);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	bool found = false;

	(void)model;
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		struct sriov_capability sriov = sriov_decode(&function->config);

		if (pci_is_vf(function) || sriov.capability.state == FACT_ABSENT)
			continue;
		found = true;
		if (sriov.capability.state == FACT_KNOWN)
			judge_capability(function, &sriov, findings);
		else
			report_unreadable(function, &sriov.capability, findings);
	}
	if (found || !fact_settled(&host->pci.fact))
		return;
	struct finding *finding =
		finding_add(findings, &kinds[NONE], FINDING_NOT_APPLICABLE, subject_host(),
			    "no function has the SR-IOV capability");
	finding_evidence(finding, &host->pci.fact, "%zu functions", host->pci.count);
}

const struct check check_sriov = {
	.id = "sriov",
	.title = "Which functions have the SR-IOV capability?",
	.needs = "config space of every function; CAP_SYS_ADMIN to see beyond its first 64 bytes",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "host/capabilities.h"

#include <inttypes.h>

enum kind { NONE, NO_DRIVER, LIMITED, OFF, ENABLED, DISAGREE, UNREADABLE };

static const struct finding_kind kinds[] = {
	[NONE] = {"sriov-vfs.none", "No physical function on this host offers virtual functions."},
	[NO_DRIVER] = {"sriov-vfs.no-driver",
		       "A physical function has no driver. The kernel then refuses to enable VFs "
		       "(ENOENT): it is the PF's driver that sets them up."},
	[LIMITED] = {"sriov-vfs.limited-by-driver",
		     "The PF's driver allows fewer VFs (sriov_totalvfs) than the capability has "
		     "(TotalVFs)."},
	[OFF] = {"sriov-vfs.off", "A physical function can have VFs, and none is enabled."},
	[ENABLED] = {"sriov-vfs.enabled", "VFs of a physical function are enabled."},
	[DISAGREE] = {"sriov-vfs.disagree",
		      "The number of VFs that the kernel says it enabled is not the number of VFs "
		      "that exist. VFs are being enabled or disabled, or a VF was removed."},
	[UNREADABLE] = {"sriov-vfs.unreadable",
			"How many VFs a physical function may have or has could not be read."},
};

/* What exists of a PF's VFs. */
struct vfs {
	size_t count;
	const struct pci_function *first;
	const struct pci_function *last;
};

static struct vfs find_vfs(const struct host *host, const struct pci_function *pf)
{
	struct vfs vfs = {0};

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (function->pf != pf)
			continue;
		if (!vfs.first)
			vfs.first = function;
		vfs.last = function;
		vfs.count++;
	}
	return vfs;
}

static void show_counts(struct finding *finding, const struct pci_function *pf)
{
	finding_evidence(finding, &pf->sriov.totalvfs.fact, "%" PRId64, pf->sriov.totalvfs.value);
	finding_evidence(finding, &pf->sriov.numvfs.fact, "%" PRId64, pf->sriov.numvfs.value);
}

static void judge_driver(const struct pci_function *pf, struct findings *findings)
{
	struct sriov_capability sriov = sriov_decode(&pf->config);
	struct finding *finding;

	if (fact_absent(&pf->driver.fact)) {
		finding = finding_add(
			findings, &kinds[NO_DRIVER], FINDING_WARN, subject_function(pf),
			"%s has no driver, without which the kernel enables no VFs", pf->name);
		finding_evidence_state(finding, &pf->driver.fact);
		finding_remedy(finding, "Load the driver of the physical function");
		finding_command(finding, "modprobe $(cat /sys/bus/pci/devices/%s/modalias)",
				pf->name);
	}
	if (sriov.capability.state == FACT_KNOWN &&
	    pf->sriov.totalvfs.value < (int64_t)sriov.total_vfs) {
		finding = finding_add(findings, &kinds[LIMITED], FINDING_PASS, subject_function(pf),
				      "the driver of %s allows %" PRId64 " of its %u VFs", pf->name,
				      pf->sriov.totalvfs.value, sriov.total_vfs);
		show_counts(finding, pf);
		finding_evidence(finding, &pf->config.fact, "TotalVFs %u", sriov.total_vfs);
	}
}

static void judge_enabled(const struct host *host, const struct pci_function *pf,
			  struct findings *findings)
{
	struct vfs vfs = find_vfs(host, pf);
	struct finding *finding;

	if (pf->sriov.numvfs.value != (int64_t)vfs.count)
		finding =
			finding_add(findings, &kinds[DISAGREE], FINDING_WARN, subject_function(pf),
				    "%s says that it has %" PRId64 " VFs, and %zu exist", pf->name,
				    pf->sriov.numvfs.value, vfs.count);
	else if (vfs.count == 0)
		finding = finding_add(findings, &kinds[OFF], FINDING_PASS, subject_function(pf),
				      "%s has no VFs enabled", pf->name);
	else
		finding = finding_add(findings, &kinds[ENABLED], FINDING_PASS, subject_function(pf),
				      "%s has %zu VFs, %s to %s", pf->name, vfs.count,
				      vfs.first->name, vfs.last->name);
	show_counts(finding, pf);
}

/* Returns whether the function offers, or may offer, VFs. */
static bool judge_function(const struct host *host, const struct pci_function *function,
			   struct findings *findings)
{
	const struct pci_sriov_attributes *sriov = &function->sriov;

	if (fact_absent(&sriov->totalvfs.fact))
		return false;
	if (!fact_known(&sriov->totalvfs.fact) || !fact_known(&sriov->numvfs.fact)) {
		struct finding *finding = finding_add(
			findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_function(function),
			"how many VFs %s may have could not be read", function->name);
		show_counts(finding, function);
		return true;
	}
	judge_driver(function, findings);
	judge_enabled(host, function, findings);
	return true;
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	bool found = false;

	(void)model;
	for (size_t i = 0; i < host->pci.count; i++)
		found |= judge_function(host, &host->pci.functions[i], findings);
	if (found || !fact_settled(&host->pci.fact))
		return;
	struct finding *finding = finding_add(findings, &kinds[NONE], FINDING_NOT_APPLICABLE,
					      subject_host(), "no function offers VFs");
	finding_evidence(finding, &host->pci.fact, "%zu functions", host->pci.count);
}

const struct check check_sriov_vfs = {
	.id = "sriov-vfs",
	.title = "How many VFs are offered, and how many are enabled?",
	.needs = "sriov_totalvfs, sriov_numvfs and physfn of every function; no privilege",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};

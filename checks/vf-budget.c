/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include "model/vf_budget.h"

enum kind { FULL, LIMITED, NO_VFS, BOUND };

static const struct finding_kind kinds[] = {
	[FULL] = {"vf-budget.full",
		  "The kernel would enable as many VFs as the PF's capability and driver offer."},
	[LIMITED] = {"vf-budget.limited",
		     "The kernel would enable fewer VFs than the PF's capability and driver offer: "
		     "it refuses a number whose last VF has a requester id beyond the last bus "
		     "below the bridge (\"can't enable N VFs (bus XX out of range)\")."},
	[NO_VFS] = {"vf-budget.none",
		    "The kernel would enable no VF of this PF at all. The summary says why: no "
		    "driver that sets VFs up, VF BARs without a place in the bridges' windows "
		    "(\"not enough MMIO resources for SR-IOV\"), or a capability that the kernel "
		    "refused."},
	[BOUND] =
		{"vf-budget.bound",
		 "How many VFs the kernel would enable could not be told exactly: at most as many "
		 "as the summary says. The evidence names what is missing."},
};

struct cure {
	enum vf_limit limit;
	const char *remedy;
};

static const struct cure cures[] = {
	{VF_LIMIT_KERNEL, "Run a kernel with CONFIG_PCI_IOV, and switch on SR-IOV in the firmware "
			  "setup; the kernel's log says why it refused a capability"},
	{VF_LIMIT_NO_DRIVER, "Bind the PF to its own driver: it is what sets VFs up"},
	{VF_LIMIT_INITIAL, "Update the device's firmware"},
	{VF_LIMIT_MMIO, "Switch on SR-IOV and Above 4G Decoding in the firmware setup, or add "
			"pci=realloc to the kernel command line and reboot"},
	{VF_LIMIT_BUS,
	 "Switch on ARI and SR-IOV in the firmware setup, or add pci=hpbussize=N (for "
	 "hotplug ports) or pci=assign-busses (renumbers all buses) to the kernel "
	 "command line and reboot"},
};

static void add_remedy(struct finding *finding, enum vf_limit limit)
{
	for (size_t i = 0; i < sizeof(cures) / sizeof(cures[0]); i++) {
		if (cures[i].limit == limit)
			finding_remedy(finding, "%s", cures[i].remedy);
	}
}

static void show_terms(struct finding *finding, const struct vf_budget *budget)
{
	for (int i = 0; i < VF_LIMIT_COUNT; i++) {
		const struct vf_term *term = &budget->terms[i];
		const char *name = vf_limit_name((enum vf_limit)i);

		if (term->state == VF_TERM_KNOWN)
			finding_evidence(finding, term->evidence, "%s: %u%s%s", name, term->value,
					 term->why ? ", " : "", term->why ? term->why : "");
		else if (term->state == VF_TERM_UNKNOWN)
			finding_evidence(finding, term->evidence, "%s: unknown, %s", name,
					 term->why);
	}
}

static void judge(const struct pci_function *pf, const struct vf_budget *budget,
		  struct findings *findings)
{
	const struct vf_term *binding = &budget->terms[budget->limited_by];
	struct finding *finding;

	if (budget->effective == 0)
		finding = finding_add(findings, &kinds[NO_VFS], FINDING_WARN, subject_function(pf),
				      "%s can give no VFs: %s", pf->name,
				      binding->why ? binding->why
						   : vf_limit_name(budget->limited_by));
	else if (budget->is_bound)
		finding =
			finding_add(findings, &kinds[BOUND], FINDING_UNKNOWN, subject_function(pf),
				    "%s can give at most %u VFs", pf->name, budget->effective);
	else if (budget->limited_by == VF_LIMIT_TOTAL || budget->limited_by == VF_LIMIT_DRIVER)
		finding = finding_add(findings, &kinds[FULL], FINDING_PASS, subject_function(pf),
				      "%s can give %u VFs", pf->name, budget->effective);
	else
		finding = finding_add(findings, &kinds[LIMITED], FINDING_WARN, subject_function(pf),
				      "%s can give %u of %u VFs: %s", pf->name, budget->effective,
				      budget->sriov.total_vfs, binding->why);
	show_terms(finding, budget);
	add_remedy(finding, budget->limited_by);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	(void)model;
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		struct vf_budget budget;

		if (!pci_is_vf(function) && vf_budget_of(host, findings->arena, function, &budget))
			judge(function, &budget, findings);
	}
}

const struct check check_vf_budget = {
	.id = "vf-budget",
	.title = "How many VFs can each physical function really give?",
	.needs = "config space, resource and sriov_* attributes; CAP_SYS_ADMIN for config space",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

enum kind { LOADED, NOT_LOADED, NO_NESTED_PAGING, IGNORES_MSRS, UNREADABLE };

static const struct finding_kind kinds[] = {
	[LOADED] =
		{"kvm.loaded",
		 "The module of KVM for this processor is loaded. Its parameters tell what it does "
		 "in hardware: nested paging (ept, npt), nested virtualisation (nested), and "
		 "interrupts that reach a running guest without leaving it (enable_apicv, avic), "
		 "which spare a passed-through device's guest an exit for each interrupt."},
	[NOT_LOADED] = {"kvm.not-loaded",
			"Neither kvm_intel nor kvm_amd is loaded, so that there are no parameters "
			"to judge. Whether KVM can run at all is cpu-virtualization's question."},
	[NO_NESTED_PAGING] =
		{"kvm.no-nested-paging",
		 "KVM runs without the processor's second-level address translation (EPT, NPT): "
		 "guests are slow, and run with shadow page tables. A parameter turned it off, or "
		 "the processor lacks it."},
	[IGNORES_MSRS] =
		{"kvm.ignores-msrs",
		 "ignore_msrs makes KVM swallow a guest's access to model-specific registers that "
		 "it does not know, in place of a fault in the guest. It helps guests that probe "
		 "registers, and hides real faults: a guest goes on with values that are wrong."},
	[UNREADABLE] = {"kvm.unreadable",
			"The parameters of KVM's modules could not be read or were not captured."},
};

/* What one vendor's module says. */
struct vendor {
	const char *module;
	const char *paging_name;
	const struct fact_text *paging;
	const struct fact_text *nested;
	const struct fact_text *interrupts;
};

static void report_loaded(const struct vendor *vendor, struct findings *findings)
{
	struct finding *finding;

	if (kvm_is_off(vendor->paging)) {
		finding = finding_add(findings, &kinds[NO_NESTED_PAGING], FINDING_WARN,
				      subject_host(), "%s runs without %s", vendor->module,
				      vendor->paging_name);
		finding_evidence(finding, &vendor->paging->fact, "%s", vendor->paging->text);
		finding_remedy(finding,
			       "Remove %s=0 from the options of %s, if it is there, and load the "
			       "module anew",
			       vendor->paging_name, vendor->module);
		return;
	}
	finding = finding_add(findings, &kinds[LOADED], FINDING_PASS, subject_host(),
			      "%s is loaded, with %s", vendor->module, vendor->paging_name);
	finding_evidence(finding, &vendor->paging->fact, "%s", vendor->paging->text);
	finding_evidence(finding, &vendor->nested->fact, "%s", vendor->nested->text);
	finding_evidence(finding, &vendor->interrupts->fact, "%s", vendor->interrupts->text);
}

static void report_absent(const struct vendor *vendors, struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[NOT_LOADED], FINDING_NOT_APPLICABLE,
					      subject_host(), "no module of KVM is loaded");

	for (size_t i = 0; i < 2; i++)
		finding_evidence_state(finding, &vendors[i].paging->fact);
}

static void report_unreadable(const struct fact *fact, struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN,
					      subject_host(), "what KVM does could not be told");

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void judge_vendors(const struct vendor *vendors, struct findings *findings)
{
	for (size_t i = 0; i < 2; i++) {
		if (fact_known(&vendors[i].paging->fact)) {
			report_loaded(&vendors[i], findings);
			return;
		}
	}
	for (size_t i = 0; i < 2; i++) {
		if (!fact_absent(&vendors[i].paging->fact)) {
			report_unreadable(&vendors[i].paging->fact, findings);
			return;
		}
	}
	report_absent(vendors, findings);
}

static void judge_ignored_registers(const struct fact_text *ignore, struct findings *findings)
{
	if (!kvm_is_on(ignore))
		return;
	struct finding *finding =
		finding_add(findings, &kinds[IGNORES_MSRS], FINDING_WARN, subject_host(),
			    "KVM ignores guests' accesses to registers that it does not know");
	finding_evidence(finding, &ignore->fact, "%s", ignore->text);
	finding_remedy(finding, "Unless a guest needs it, switch it off, also in /etc/modprobe.d "
				"and on the kernel command line");
	finding_command(finding, "echo N > %s", ignore->fact.source);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	const struct kvm *kvm = &host->kvm;
	const struct vendor vendors[] = {
		{"kvm_intel", "ept", &kvm->intel_ept, &kvm->intel_nested, &kvm->intel_apicv},
		{"kvm_amd", "npt", &kvm->amd_npt, &kvm->amd_nested, &kvm->amd_avic},
	};

	(void)model;
	judge_vendors(vendors, findings);
	judge_ignored_registers(&kvm->ignore_msrs, findings);
}

const struct check check_kvm = {
	.id = "kvm",
	.title = "What does KVM do in hardware?",
	.needs = "/sys/module/kvm*/parameters; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};

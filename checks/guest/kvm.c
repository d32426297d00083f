/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include "host/boot/boolean.h"
#include "model/boot/declared_system.h"

enum kind {
	LOADED,
	NOT_LOADED,
	NO_NESTED_PAGING,
	IGNORES_MSRS,
	UNREADABLE,
	OTHER_ARCHITECTURE,
	KIND_COUNT,
};

static const struct finding_kind kinds[] = {
	[LOADED] =
		{"kvm.loaded",
		 "The module of KVM for this processor is loaded. Its parameters tell what it does "
		 "in hardware: nested paging (ept, npt), nested virtualisation (nested), and "
		 "interrupts that reach a running guest without leaving it (enable_apicv, avic), "
		 "which spare a passed-through device's guest an exit for each interrupt.",
		 NULL},
	[NOT_LOADED] =
		{"kvm.not-loaded",
		 "The module of KVM for this processor, kvm_intel or kvm_amd, is not loaded, so "
		 "there are no parameters to judge. The check cpu-virtualization says whether "
		 "KVM can run at all.",
		 NULL},
	[NO_NESTED_PAGING] =
		{"kvm.no-nested-paging",
		 "KVM runs without the processor's second-level address translation (EPT, NPT): "
		 "guests are slow, and run with shadow page tables. A parameter turned it off, or "
		 "the processor lacks it.",
		 "Remove ept=0 of kvm_intel, or npt=0 of kvm_amd, from /etc/modprobe.d and the "
		 "kernel command line, and load the module anew. Where the processor lacks it, "
		 "only another processor helps."},
	[IGNORES_MSRS] =
		{"kvm.ignores-msrs",
		 "ignore_msrs makes KVM swallow a guest's access to model-specific registers "
		 "that it does not know, instead of raising a fault in the guest. It helps "
		 "guests that probe registers, and hides real faults: a guest continues with "
		 "wrong values.",
		 "Unless a guest needs it, write N to /sys/module/kvm/parameters/ignore_msrs, "
		 "and remove the option from /etc/modprobe.d and kvm.ignore_msrs from the "
		 "kernel command line."},
	[UNREADABLE] = {"kvm.unreadable",
			"The parameters of KVM's modules could not be read or were not captured.",
			FIX_READ_AT_ALL},
	[OTHER_ARCHITECTURE] =
		{"kvm.other-architecture",
		 "This check judges parameters of kvm_intel and kvm_amd, which other architectures "
		 "do not have.",
		 NULL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

enum { VENDOR_COUNT = 2 };

/* What one vendor's module says. */
struct vendor {
	enum cpu_vendor cpu;
	const char *module;
	const char *paging_name;
	const struct fact_text *paging;
	const struct fact_text *nested;
	const struct fact_text *interrupts;
};

static void report_loaded(const struct vendor *vendor, struct findings *findings)
{
	struct finding *finding;

	if (boolean_of_fact(vendor->paging) == BOOLEAN_NO) {
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

/* Returns whether the module is one for this processor, as far as the processor is known. */
static bool is_candidate(const struct vendor *vendor, const struct cpu *cpu)
{
	return cpu->vendor == CPU_OTHER || cpu->vendor == vendor->cpu;
}

static void report_absent(const struct vendor *vendors, const struct cpu *cpu,
			  struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[NOT_LOADED], FINDING_NOT_APPLICABLE,
					      subject_host(), "no module of KVM is loaded");

	for (size_t i = 0; i < VENDOR_COUNT; i++) {
		if (is_candidate(&vendors[i], cpu))
			finding_evidence_state(finding, &vendors[i].paging->fact);
	}
}

static void report_unreadable(const struct vendor *vendors, const struct cpu *cpu,
			      struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN,
					      subject_host(), "cannot tell what KVM does");

	for (size_t i = 0; i < VENDOR_COUNT; i++) {
		const struct fact *fact = &vendors[i].paging->fact;
		if (!is_candidate(&vendors[i], cpu) || fact_absent(fact))
			continue;
		finding_evidence_state(finding, fact);
		finding_remedy_unread(finding, fact);
	}
}

static void judge_vendors(const struct vendor *vendors, const struct cpu *cpu,
			  struct findings *findings)
{
	bool all_absent = true;

	for (size_t i = 0; i < VENDOR_COUNT; i++) {
		if (!is_candidate(&vendors[i], cpu))
			continue;
		if (fact_known(&vendors[i].paging->fact)) {
			report_loaded(&vendors[i], findings);
			return;
		}
		all_absent &= fact_absent(&vendors[i].paging->fact);
	}
	if (all_absent)
		report_absent(vendors, cpu, findings);
	else
		report_unreadable(vendors, cpu, findings);
}

static void report_other_architecture(const struct cpu *cpu, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[OTHER_ARCHITECTURE], FINDING_NOT_APPLICABLE,
			    subject_host(), "the parameters that are judged are those of x86");

	finding_evidence(finding, &cpu->fact, "%s", cpu->architecture);
}

static void judge_ignored_registers(const struct host *host, struct findings *findings)
{
	const struct fact_text *ignore = &host->kvm.ignore_msrs;

	if (boolean_of_fact(ignore) != BOOLEAN_YES)
		return;
	struct finding *finding =
		finding_add(findings, &kinds[IGNORES_MSRS], FINDING_WARN, subject_host(),
			    "KVM ignores guests' accesses to registers that it does not know");
	finding_evidence(finding, &ignore->fact, "%s", ignore->text);
	finding_remedy(finding,
		       "Unless a guest needs it, switch it off, also where it is configured: in %s",
		       declared_system_option_places(host, findings->arena));
	finding_command(finding, "echo N > %s", ignore->fact.source);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct kvm *kvm = &host->kvm;
	const struct vendor vendors[VENDOR_COUNT] = {
		{
			.cpu = CPU_INTEL,
			.module = "kvm_intel",
			.paging_name = "ept",
			.paging = &kvm->intel_ept,
			.nested = &kvm->intel_nested,
			.interrupts = &kvm->intel_apicv,
		},
		{
			.cpu = CPU_AMD,
			.module = "kvm_amd",
			.paging_name = "npt",
			.paging = &kvm->amd_npt,
			.nested = &kvm->amd_nested,
			.interrupts = &kvm->amd_avic,
		},
	};

	if (host->cpu.architecture && !cpu_is_x86(&host->cpu)) {
		report_other_architecture(&host->cpu, findings);
		return;
	}
	judge_vendors(vendors, &host->cpu, findings);
	judge_ignored_registers(host, findings);
}

const struct check check_kvm = {
	.id = "kvm",
	.title = "What does KVM do in hardware?",
	.needs = "/sys/module/kvm*/parameters; no privilege",
	.advisory = true,
	.host_alone = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};

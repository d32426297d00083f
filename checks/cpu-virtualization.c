/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>
#include <sys/stat.h>

#include "model/platform.h"

enum kind { UNREADABLE, NO_FEATURE, FEATURE, NO_KVM, KVM_UNREADABLE, KVM, OTHER_ARCHITECTURE };

static const struct finding_kind kinds[] = {
	[UNREADABLE] = {"cpu-virtualization.unreadable",
			"/proc/cpuinfo could not be read or understood, so it is unknown whether "
			"the processor can run virtual machines. The file is readable by everyone "
			"on an ordinary host."},
	[NO_FEATURE] =
		{"cpu-virtualization.no-feature",
		 "The processor's flags lack vmx (Intel VT-x) or svm (AMD-V), without which "
		 "KVM cannot run. Firmware can switch the feature off: the kernel then clears "
		 "the flag (since 5.6 for vmx). In a virtual machine the hypervisor has to "
		 "offer it (nested virtualisation). The flag says nothing about the IOMMU: "
		 "VT-d has no CPUID flag."},
	[FEATURE] = {"cpu-virtualization.feature",
		     "The processor's flags have vmx (Intel VT-x) or svm (AMD-V): it can run "
		     "virtual machines. This is no evidence of an IOMMU."},
	[NO_KVM] = {"cpu-virtualization.no-kvm",
		    "The processor can run virtual machines, but /dev/kvm does not exist: the KVM "
		    "module for it is not loaded, or the firmware lock made it give up."},
	[KVM_UNREADABLE] = {"cpu-virtualization.kvm-unreadable",
			    "Whether /dev/kvm exists could not be told."},
	[KVM] = {"cpu-virtualization.kvm",
		 "/dev/kvm exists: KVM is loaded and took the processor."},
	[OTHER_ARCHITECTURE] = {"cpu-virtualization.other-architecture",
				"The host is not x86: virtualisation is no matter of a CPU flag "
				"there, and /dev/kvm alone tells whether KVM runs."},
};

/* The flag to look for: by the vendor, never the other way round. */
static const char *wanted_flag(const struct cpu *cpu)
{
	if (cpu->vendor == CPU_INTEL)
		return "vmx";
	if (cpu->vendor == CPU_AMD)
		return "svm";
	return cpu_has(cpu, "vmx") ? "vmx" : "svm";
}

static const char *feature_name(const char *flag)
{
	return strcmp(flag, "vmx") == 0 ? "VT-x" : "AMD-V";
}

static void judge_flag(const struct host *host, struct findings *findings)
{
	const struct cpu *cpu = &host->cpu;
	const char *flag = wanted_flag(cpu);
	struct finding *finding;

	if (cpu_has(cpu, flag)) {
		finding = finding_add(findings, &kinds[FEATURE], FINDING_PASS, subject_host(),
				      "the processor has %s (%s)", feature_name(flag), flag);
		finding_evidence(finding, &cpu->fact, "flags: %s", flag);
		return;
	}
	finding = finding_add(findings, &kinds[NO_FEATURE], FINDING_FAIL, subject_host(),
			      "%s offers no %s: its flags lack %s",
			      *cpu->model_name ? cpu->model_name : "the processor",
			      feature_name(flag), flag);
	finding_evidence(finding, &cpu->fact, "vendor_id: %s, flags without %s", cpu->vendor_id,
			 flag);
	if (platform_is_guest(host))
		finding_remedy(finding, "Let the hypervisor below offer nested virtualisation to "
					"this virtual machine");
	else
		finding_remedy(
			finding, "Switch on %s in the firmware setup (%s)", feature_name(flag),
			strcmp(flag, "vmx") == 0 ? "Intel Virtualization Technology" : "SVM Mode");
}

static const char *kvm_module(const struct cpu *cpu)
{
	if (!cpu_is_x86(cpu))
		return "kvm";
	return strcmp(wanted_flag(cpu), "vmx") == 0 ? "kvm_intel" : "kvm_amd";
}

static void judge_kvm(const struct host *host, struct findings *findings)
{
	const struct fact_node *kvm = &host->cpu.kvm;
	struct finding *finding;

	if (fact_known(&kvm->fact) && S_ISCHR(kvm->mode)) {
		finding = finding_add(findings, &kinds[KVM], FINDING_PASS, subject_host(),
				      "/dev/kvm exists");
		finding_evidence(finding, &kvm->fact, "character device");
		return;
	}
	if (fact_absent(&kvm->fact) || fact_known(&kvm->fact)) {
		finding =
			finding_add(findings, &kinds[NO_KVM], FINDING_WARN, subject_host(),
				    fact_known(&kvm->fact) ? "/dev/kvm is no device"
							   : "/dev/kvm does not exist: KVM is not "
							     "loaded");
		finding_evidence(finding, &kvm->fact, "not a character device");
		finding_remedy(finding, "Load the module %s", kvm_module(&host->cpu));
		finding_command(finding, "modprobe %s", kvm_module(&host->cpu));
		return;
	}
	finding = finding_add(findings, &kinds[KVM_UNREADABLE], FINDING_UNKNOWN, subject_host(),
			      "whether /dev/kvm exists could not be told");
	finding_evidence_state(finding, &kvm->fact);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	const struct cpu *cpu = &host->cpu;
	struct finding *finding;

	(void)model;
	if (!fact_known(&cpu->fact) || !cpu->architecture) {
		finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
				      "the processor's features could not be read");
		finding_evidence(finding, &cpu->fact, "no known architecture");
		return;
	}
	if (cpu_is_x86(cpu)) {
		judge_flag(host, findings);
		if (cpu_has(cpu, wanted_flag(cpu)))
			judge_kvm(host, findings);
		return;
	}
	finding = finding_add(findings, &kinds[OTHER_ARCHITECTURE], FINDING_NOT_APPLICABLE,
			      subject_host(), "CPU flags tell nothing on %s", cpu->architecture);
	finding_evidence(finding, &cpu->fact, "%s", cpu->architecture);
	judge_kvm(host, findings);
}

const struct check check_cpu_virtualization = {
	.id = "cpu-virtualization",
	.title = "Can the processor run virtual machines?",
	.needs = "/proc/cpuinfo and /dev/kvm; no privilege",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};

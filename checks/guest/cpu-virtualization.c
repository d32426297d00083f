/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <sys/stat.h>

#include "model/boot/declared_system.h"
#include "model/platform.h"
#include "model/virtualization.h"

enum kind {
	UNREADABLE,
	NO_FEATURE,
	FEATURE,
	NO_KVM,
	NOT_AT_EL2,
	KVM_UNREADABLE,
	KVM,
	OTHER_ARCHITECTURE,
	KIND_COUNT
};

static const struct finding_kind kinds[] = {
	[UNREADABLE] = {"cpu-virtualization.unreadable",
			"/proc/cpuinfo could not be read or understood, so passcheck cannot tell "
			"whether the processor can run virtual machines. The file is readable by "
			"everyone on an ordinary host.",
			FIX_READ_AT_ALL},
	[NO_FEATURE] =
		{"cpu-virtualization.no-feature",
		 "The processor's flags lack vmx (Intel VT-x), svm (AMD-V) or sie (s390), without "
		 "which KVM cannot run. Firmware can switch the feature off: the kernel then "
		 "clears "
		 "the flag (since 5.6 for vmx). In a virtual machine the hypervisor has to "
		 "offer it (nested virtualisation). The flag says nothing about the IOMMU: "
		 "VT-d has no CPUID flag.",
		 "Switch on virtualisation in the firmware setup: Intel Virtualization "
		 "Technology for VT-x, SVM Mode for AMD-V. For a virtual machine, let the "
		 "hypervisor below offer nested virtualisation. In Xen's dom0 KVM does not work: "
		 "boot the kernel without Xen. Where the processor has no such "
		 "feature, only another one helps."},
	[FEATURE] = {"cpu-virtualization.feature",
		     "The processor's flags have vmx (Intel VT-x), svm (AMD-V) or sie (s390): "
		     "it can run virtual machines. This says nothing about an IOMMU. With the "
		     "flag hypervisor the host is itself a virtual machine, and its guests are "
		     "nested.",
		     NULL},
	[NO_KVM] = {"cpu-virtualization.no-kvm",
		    "The processor can run virtual machines, but /dev/kvm does not exist: the KVM "
		    "module for it is not loaded, or the firmware lock made it give up.",
		    "Load the module: modprobe kvm_intel or kvm_amd, kvm_hv on ppc64, kvm "
		    "elsewhere. If it is loaded, the kernel's log says why it gave up; a container "
		    "needs the host's /dev/kvm. Where /dev/kvm is no device, remove it and load "
		    "KVM anew."},
	[NOT_AT_EL2] =
		{"cpu-virtualization.not-at-el2",
		 "KVM on Arm is part of the kernel and never a module, and /dev/kvm does not "
		 "exist: the kernel was built without KVM, the command line switches it off, or the "
		 "kernel was not entered in hypervisor mode (EL2). No guest can run with KVM.",
		 "Boot a kernel that has CONFIG_KVM, without kvm-arm.mode=none, from firmware "
		 "or a boot loader that enters it at EL2. For a virtual machine, let the "
		 "hypervisor below offer nested virtualisation (QEMU: -machine "
		 "virt,virtualization=on)."},
	[KVM_UNREADABLE] = {"cpu-virtualization.kvm-unreadable",
			    "passcheck cannot tell whether /dev/kvm exists.", FIX_READ_AT_ALL},
	[KVM] = {"cpu-virtualization.kvm", "/dev/kvm exists: KVM is loaded and took the processor.",
		 NULL},
	[OTHER_ARCHITECTURE] = {"cpu-virtualization.other-architecture",
				"On this architecture no CPU flag shows virtualisation: "
				"/dev/kvm alone tells whether KVM runs.",
				NULL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static void report_feature(const struct model *model, const struct virtualization *feature,
			   struct findings *findings)
{
	bool guest = model->platform.is_guest;
	struct finding *finding = finding_add(
		findings, &kinds[FEATURE], FINDING_PASS, subject_host(), "%s has %s (%s)",
		guest ? "this virtual machine" : "the processor", feature->name, feature->flag);

	finding_evidence(finding, &model->host->cpu.fact,
			 guest ? "flags: %s hypervisor" : "flags: %s", feature->flag);
}

static void report_no_feature(const struct model *model, const struct virtualization *feature,
			      struct findings *findings)
{
	const struct cpu *cpu = &model->host->cpu;
	const char *processor = *cpu->model_name ? cpu->model_name : "the processor";
	const char *flags = feature ? feature->flag : "vmx and svm";
	const struct fact *dom0 = hypervisor_dom0(&model->host->hypervisor);
	struct finding *finding =
		finding_add(findings, &kinds[NO_FEATURE], FINDING_FAIL, subject_host(),
			    "%s offers no %s: its flags lack %s", processor,
			    feature ? feature->name : "virtualisation that KVM knows", flags);

	finding_evidence(finding, &cpu->fact, "vendor_id: %s, flags without %s", cpu->vendor_id,
			 flags);
	if (dom0)
		finding_evidence(finding, dom0, "Xen's dom0");
	if (dom0)
		finding_remedy(finding, "%s", PLATFORM_DOM0_REMEDY);
	else if (model->platform.is_guest)
		finding_remedy(finding, "%s", platform_nested_remedy(&model->platform));
	else if (feature && feature->setting)
		finding_remedy(finding, "Switch on %s in the firmware setup (%s)", feature->name,
			       feature->setting);
	else
		finding_remedy_none(finding);
}

/* KVM is there without its device: in a container, or where the module gave up. */
static void report_hidden_kvm(const struct host *host, const char *module,
			      const struct fact *present, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[NO_KVM], FINDING_WARN, subject_host(),
			    "/dev/kvm does not exist, though the kernel has %s", module);

	finding_evidence_state(finding, &host->cpu.kvm.fact);
	finding_evidence(finding, present, "%s", module);
	finding_remedy(finding,
		       "Give this container the host's /dev/kvm, or see in the kernel's log why "
		       "%s gave up",
		       module);
}

static void report_no_kvm(const struct host *host, const char *module, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[NO_KVM], FINDING_WARN, subject_host(),
			    "/dev/kvm does not exist: KVM is not loaded");

	finding_evidence_state(finding, &host->cpu.kvm.fact);
	finding_remedy(finding, "Load the module %s", module);
	finding_command(finding, "modprobe %s", module);
}

static void show_why_not_at_el2(struct finding *finding, const struct model *model)
{
	const struct host *host = model->host;
	const struct kernel_switch *mode = &model->parameters.kvm_arm;

	if (mode->state == SWITCH_OFF) {
		finding_evidence(finding, &host->cmdline.fact, "kvm-arm.mode=none");
		finding_remedy(finding, "Remove kvm-arm.mode=none from %s and reboot",
			       declared_system_place(host));
	} else if (kconfig_lacks(&host->kconfig, "KVM")) {
		finding_evidence(finding, &host->kconfig.fact, "CONFIG_KVM is not set");
		finding_remedy(finding, "Boot a kernel with CONFIG_KVM");
	} else if (model->platform.is_guest) {
		finding_remedy(finding, "%s", platform_nested_remedy(&model->platform));
	} else {
		finding_remedy(finding, "Boot from firmware or a boot loader that enters the "
					"kernel in hypervisor mode (EL2)");
	}
}

/* CONFIG_KVM of arch/arm64/kvm/Kconfig is no tristate: there is no module to load. */
static void report_not_at_el2(const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;
	bool built = kconfig_get(&host->kconfig, "KVM") == KCONFIG_YES;
	struct finding *finding = finding_add(findings, &kinds[NOT_AT_EL2], FINDING_FAIL,
					      subject_host(), "%s", kvm_not_started_words(host));

	finding_evidence_state(finding, &host->cpu.kvm.fact);
	if (built)
		finding_evidence(finding, &host->kconfig.fact, "CONFIG_KVM=y");
	show_why_not_at_el2(finding, model);
}

static void judge_absent_kvm(const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;
	const char *module = kvm_module(&host->cpu);
	struct fact present =
		module ? modules_present(&host->modules, module) : host->cpu.kvm_class.fact;

	if (fact_known(&present))
		report_hidden_kvm(host, module ? module : "KVM", &present, findings);
	else if (module)
		report_no_kvm(host, module, findings);
	else
		report_not_at_el2(model, findings);
}

static void judge_kvm(const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;
	const struct fact_node *kvm = &host->cpu.kvm;
	struct finding *finding;

	if (fact_absent(&kvm->fact)) {
		judge_absent_kvm(model, findings);
	} else if (!fact_known(&kvm->fact)) {
		finding = finding_add(findings, &kinds[KVM_UNREADABLE], FINDING_UNKNOWN,
				      subject_host(), "cannot tell whether /dev/kvm exists");
		finding_evidence_state(finding, &kvm->fact);
		finding_remedy_unread(finding, &kvm->fact);
	} else if (S_ISCHR(kvm->mode)) {
		finding = finding_add(findings, &kinds[KVM], FINDING_PASS, subject_host(),
				      "/dev/kvm exists");
		finding_evidence(finding, &kvm->fact, "character device");
	} else {
		finding = finding_add(findings, &kinds[NO_KVM], FINDING_WARN, subject_host(),
				      "/dev/kvm is no device");
		finding_evidence(finding, &kvm->fact, "not a character device");
		finding_remedy(finding, "Remove what lies at /dev/kvm, and load KVM anew");
	}
}

static void judge_feature(const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;
	const struct virtualization *feature = virtualization_of(&host->cpu);

	if (!feature || !cpu_has(&host->cpu, feature->flag)) {
		report_no_feature(model, feature, findings);
		return;
	}
	report_feature(model, feature, findings);
	judge_kvm(model, findings);
}

static void judge_other(const struct model *model, struct findings *findings)
{
	const struct cpu *cpu = &model->host->cpu;
	struct finding *finding =
		finding_add(findings, &kinds[OTHER_ARCHITECTURE], FINDING_NOT_APPLICABLE,
			    subject_host(), "CPU flags tell nothing on %s", cpu->architecture);

	finding_evidence(finding, &cpu->fact, "%s", cpu->architecture);
	judge_kvm(model, findings);
}

static void run(const struct check_context *context)
{
	struct findings *findings = context->findings;
	const struct cpu *cpu = &context->host->cpu;
	struct finding *finding;

	if (!fact_known(&cpu->fact) || !cpu->architecture) {
		finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
				      "the processor's features could not be read");
		finding_evidence(finding, &cpu->fact, "no known architecture");
		finding_remedy_unread(finding, &cpu->fact);
	} else if (cpu_is_x86(cpu) || cpu_is_architecture(cpu, "s390x")) {
		judge_feature(context->model, findings);
	} else {
		judge_other(context->model, findings);
	}
}

const struct check check_cpu_virtualization = {
	.id = "cpu-virtualization",
	.title = "Can the processor run virtual machines?",
	.needs = "/proc/cpuinfo and /dev/kvm; on Arm /sys/class/misc/kvm, too; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};

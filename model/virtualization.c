/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/virtualization.h"

static const struct virtualization vtx = {
	.flag = "vmx",
	.name = "VT-x",
	.setting = "Intel Virtualization Technology",
	.module = "kvm_intel",
};
static const struct virtualization amdv = {
	.flag = "svm",
	.name = "AMD-V",
	.setting = "SVM Mode",
	.module = "kvm_amd",
};

static const struct virtualization sie = {
	.flag = "sie",
	.name = "SIE",
	.module = "kvm",
};

const struct virtualization *virtualization_of(const struct cpu *cpu)
{
	if (cpu_is_architecture(cpu, "s390x"))
		return &sie;
	if (cpu->vendor == CPU_INTEL || (cpu->vendor == CPU_OTHER && cpu_has(cpu, "vmx")))
		return &vtx;
	if (cpu->vendor == CPU_AMD || (cpu->vendor == CPU_OTHER && cpu_has(cpu, "svm")))
		return &amdv;
	return NULL;
}

const char *kvm_module(const struct cpu *cpu)
{
	const struct virtualization *feature = virtualization_of(cpu);

	if (feature)
		return feature->module;
	if (cpu_is_architecture(cpu, "aarch64") || cpu_is_architecture(cpu, "arm"))
		return NULL;
	return cpu_is_architecture(cpu, "ppc64") ? "kvm_hv" : "kvm";
}

static bool lacks_feature(const struct cpu *cpu)
{
	const struct virtualization *feature = virtualization_of(cpu);

	if (!cpu->flag_count || (!cpu_is_x86(cpu) && !cpu_is_architecture(cpu, "s390x")))
		return false;
	return !feature || !cpu_has(cpu, feature->flag);
}

enum kvm_lack kvm_lack_of(const struct host *host)
{
	const struct cpu *cpu = &host->cpu;
	const char *module;
	struct fact present;

	if (!fact_known(&cpu->fact) || !cpu->architecture)
		return KVM_LACKS_NOTHING;
	if (lacks_feature(cpu))
		return KVM_LACKS_FEATURE;
	if (!fact_absent(&cpu->kvm.fact))
		return KVM_LACKS_NOTHING;
	module = kvm_module(cpu);
	present = module ? modules_present(&host->modules, module) : cpu->kvm_class.fact;
	if (fact_known(&present))
		return KVM_HIDDEN;
	return module ? KVM_NOT_LOADED : KVM_NOT_STARTED;
}

const char *kvm_not_started_words(const struct host *host)
{
	return kconfig_get(&host->kconfig, "KVM") == KCONFIG_YES
		       ? "/dev/kvm does not exist: KVM is in the kernel and did not start"
		       : "/dev/kvm does not exist: the kernel has no KVM, or KVM did not start";
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/virtualization.h"

#include <string.h>

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
	if (cpu->architecture && strcmp(cpu->architecture, "s390x") == 0)
		return &sie;
	if (cpu->vendor == CPU_INTEL || (cpu->vendor == CPU_OTHER && cpu_has(cpu, "vmx")))
		return &vtx;
	if (cpu->vendor == CPU_AMD || (cpu->vendor == CPU_OTHER && cpu_has(cpu, "svm")))
		return &amdv;
	return NULL;
}

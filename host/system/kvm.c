/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/kvm.h"

#include <stddef.h>
#include <string.h>

#include "host/base/array.h"

struct parameter {
	const char *path;
	size_t offset;
};

#define PARAMETER(module, name, member)                                                            \
	{                                                                                          \
		"/sys/module/" module "/parameters/" name, offsetof(struct kvm, member)            \
	}

static const struct parameter parameters[] = {
	PARAMETER("kvm", "ignore_msrs", ignore_msrs),
	PARAMETER("kvm_intel", "nested", intel_nested),
	PARAMETER("kvm_intel", "ept", intel_ept),
	PARAMETER("kvm_intel", "enable_apicv", intel_apicv),
	PARAMETER("kvm_intel", "tdx", intel_tdx),
	PARAMETER("kvm_amd", "nested", amd_nested),
	PARAMETER("kvm_amd", "npt", amd_npt),
	PARAMETER("kvm_amd", "avic", amd_avic),
	PARAMETER("kvm_amd", "sev", amd_sev),
	PARAMETER("kvm_amd", "sev_es", amd_sev_es),
	PARAMETER("kvm_amd", "sev_snp", amd_sev_snp),
};

void kvm_load(struct root *root, struct arena *arena, struct kvm *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(parameters); i++) {
		struct fact_text *text = (struct fact_text *)((char *)ret + parameters[i].offset);
		*text = root_read_line(root, arena, parameters[i].path);
	}
	ret->sev_device = root_stat(root, "/dev/sev");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_KVM_H
#define PASSCHECK_HOST_SYSTEM_KVM_H

#include "host/access/root.h"

/* Parameters of KVM's modules: /sys/module/MODULE/parameters/NAME. Booleans print as Y and N or as
 * 1 and 0, by module and kernel. Absent where the module, or the parameter in it, is not there. */
struct kvm {
	struct fact_text ignore_msrs; /* kvm */
	struct fact_text intel_nested;
	struct fact_text intel_ept;
	struct fact_text intel_apicv;
	struct fact_text intel_tdx;
	struct fact_text amd_nested;
	struct fact_text amd_npt;
	struct fact_text amd_avic;
	struct fact_text amd_sev;
	struct fact_text amd_sev_es;
	struct fact_text amd_sev_snp;
	struct fact_node sev_device; /* /dev/sev: the AMD Secure Processor's driver */
};

void kvm_load(struct root *root, struct arena *arena, struct kvm *ret);

#endif

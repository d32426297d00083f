/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_VIRTUALIZATION_H
#define PASSCHECK_MODEL_VIRTUALIZATION_H

#include "host/host.h"

/* What a processor needs to run virtual machines. The vendor decides it: flags do not tell the
 * vendor. */
struct virtualization {
	const char *flag; /* in /proc/cpuinfo */
	const char *name;
	const char *setting; /* its name in firmware setups; NULL where those have none */
	const char *module;
};

/* Returns what the processor has to have, or NULL where flags do not tell. For an
 * unknown vendor the flags are all that there is to go by. */
const struct virtualization *virtualization_of(const struct cpu *cpu);

/* Returns the module that makes /dev/kvm, or NULL where KVM is always part of the kernel:
 * CONFIG_KVM of arch/arm64/kvm/Kconfig is no tristate. The processor's architecture is known. */
const char *kvm_module(const struct cpu *cpu);

/* What keeps guests from KVM. */
enum kvm_lack {
	KVM_LACKS_NOTHING, /* as far as is known */
	KVM_LACKS_FEATURE, /* the processor's flags lack what KVM needs */
	KVM_NOT_LOADED,    /* no /dev/kvm, nor the module that makes it */
	KVM_NOT_STARTED,   /* no /dev/kvm, which no module makes */
	KVM_HIDDEN,        /* the module or the class is there without /dev/kvm */
};

enum kvm_lack kvm_lack_of(const struct host *host);

/* Returns what is wrong where KVM has not started, as a clause: whether it is in the kernel, the
 * kernel's configuration may tell. */
const char *kvm_not_started_words(const struct host *host);

#endif

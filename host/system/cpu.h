/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_CPU_H
#define PASSCHECK_HOST_SYSTEM_CPU_H

#include "host/access/root.h"

enum cpu_vendor {
	CPU_OTHER,
	CPU_INTEL,
	CPU_AMD
}; /* Hygon and Zhaoxin count by what they implement */

struct cpu {
	struct fact fact; /* of /proc/cpuinfo */
	enum cpu_vendor vendor;
	const char *vendor_id;  /* "" where the key is missing */
	const char *model_name; /* "" where the key is missing */
	const char *microcode;  /* its version, "0x2b000620"; NULL where the key is missing */
	/* "x86_64", "i686", "aarch64", "arm", "s390x", "ppc64", "riscv64", "riscv32",
	 * "loongarch64"; NULL where it cannot be told. */
	const char *architecture;
	unsigned family;        /* of x86, by "cpu family"; 0 where the key is missing */
	unsigned physical_bits; /* of an address, by "address sizes"; 0 where the key is missing */
	const char *const *flags; /* of the first processor, sorted; on s390 and arm its features */
	size_t flag_count;
	struct fact_node kvm;       /* /dev/kvm */
	struct fact_node kvm_class; /* /sys/class/misc/kvm: KVM runs, though /dev/kvm be hidden */
};

void cpu_load(struct root *root, struct arena *arena, struct cpu *ret);

/* Parses the text of /proc/cpuinfo (lines of any length; keys match whole). Leaves kvm and
 * kvm_class alone. */
void cpu_parse(struct arena *arena, const struct fact_text *text, struct cpu *ret);

/* Returns whether the first processor's flags have that word. */
bool cpu_has(const struct cpu *cpu, const char *flag);

/* Returns whether the architecture is known to be that one, spelled as in struct cpu. */
bool cpu_is_architecture(const struct cpu *cpu, const char *architecture);

/* Returns whether the architecture is x86, 32 or 64 bits. */
bool cpu_is_x86(const struct cpu *cpu);

/* Returns whether the architecture is Arm, 32 or 64 bits. */
bool cpu_is_arm(const struct cpu *cpu);

#endif

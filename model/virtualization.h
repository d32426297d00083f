/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_VIRTUALIZATION_H
#define PASSCHECK_MODEL_VIRTUALIZATION_H

#include "host/system/cpu.h"

/* What a processor needs to run virtual machines, by the vendor and never the other way round. */
struct virtualization {
	const char *flag; /* in /proc/cpuinfo */
	const char *name;
	const char *setting; /* its name in firmware setups; NULL where those have none */
	const char *module;
};

/* Returns what the processor has to have, or NULL where flags do not tell. Of a vendor that we do
 * not know, the flags tell all that can be told. */
const struct virtualization *virtualization_of(const struct cpu *cpu);

#endif

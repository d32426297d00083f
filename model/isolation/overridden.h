/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ISOLATION_OVERRIDDEN_H
#define PASSCHECK_MODEL_ISOLATION_OVERRIDDEN_H

#include "model/isolation/isolation.h"

/* Whether the running kernel acts on the override, as its groups show. */
enum acs_override_state {
	ACS_OVERRIDE_UNKNOWN,
	ACS_OVERRIDE_ACTS,
	ACS_OVERRIDE_DEAD, /* groups that it would split are whole, and none is split */
	ACS_OVERRIDE_IDLE, /* with it groups would be as they are without */
};

/*
 * Compares the kernel's groups with what its rules give with the override and without: isolation is
 * the prediction without. Returns unknown where parameters have none, or DMA remapping is not seen
 * to run. Memory comes from arena.
 */
enum acs_override_state acs_override_judge(const struct isolation *isolation,
					   const struct host_platform *platform,
					   const struct kernel_parameters *parameters,
					   const struct dma_units *units, struct arena *arena);

#endif

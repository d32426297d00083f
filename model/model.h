/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MODEL_H
#define PASSCHECK_MODEL_MODEL_H

#include "host/host.h"
#include "model/assign/assignability.h"
#include "model/assign/host_use.h"
#include "model/assign/twins.h"
#include "model/boot/line_effects.h"
#include "model/boot/next_boot.h"
#include "model/caution/caution.h"
#include "model/dma/dma_units.h"
#include "model/dma/reserved_memory.h"
#include "model/interrupts.h"
#include "model/isolation/alone.h"
#include "model/isolation/isolation.h"
#include "model/isolation/overridden.h"
#include "model/isolation/stale.h"
#include "model/log/scan.h"
#include "model/platform.h"
#include "model/persistence/persistence.h"
#include "model/sriov/usable_vfs.h"
#include "model/sriov/vf_budget.h"

/* What the engines conclude from a host, computed once for all checks and documents. */
struct model {
	const struct host *host;
	struct host_platform platform;
	struct kernel_parameters parameters;
	struct dma_units dma_units;
	struct interrupt_remapping interrupts;
	struct reserved_memory reserved_memory;
	struct isolation isolation;
	enum acs_override_state acs_override;
	struct line_effects line_effects; /* of the running kernel's command line */
	struct next_boot next_boot;
	struct stale_groups stale_groups;
	struct alone alone;
	struct host_uses host_uses;
	struct companions companions;
	struct twins twins;
	struct vfio_modules vfio_modules;
	struct assignability assignability;
	struct cautions cautions;
	struct vf_budgets vf_budgets;
	struct log_findings log; /* of the host's logs; empty unless they were read */
	struct usable_counts usable_vfs;
	struct persistences persistences;
};

/* Runs the engines over host. The result takes memory from arena; short memory marks the arena. */
void model_build(const struct host *host, struct arena *arena, struct model *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_TEXT_ALIKE_H
#define PASSCHECK_REPORT_AUDIT_TEXT_ALIKE_H

#include "model/sriov/vf_budget.h"
#include "report/audit/audit.h"

/* A function to explain, and the VFs of its PF of which nothing else would be said. */
struct explained {
	const struct pci_function *function; /* NULL: an earlier one speaks for it */
	struct vf_span others;
};

/*
 * Says of each function of the selection whether it is explained, and for which others, in the
 * order of the selection and in memory of arena. VFs of a PF are alike where verdict, reasons,
 * cautions, driver and reset are; what was named by itself is explained by itself. Returns NULL
 * when memory is short, which marks the arena.
 */
const struct explained *explained_build(const struct audit *audit, struct arena *arena);

#endif

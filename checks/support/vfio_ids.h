/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_VFIO_IDS_H
#define PASSCHECK_CHECKS_SUPPORT_VFIO_IDS_H

#include "checks/support/finding.h"
#include "model/model.h"

/* Those of drivers/vfio/pci/vfio_pci.c, Linux 7.3. */
#define VFIO_PCI_OPTIONS                                                                           \
	"ids, disable_vga, disable_idle_d3, enable_sriov, disable_denylist and nointxmask are "    \
	"its options"

/* Findings of the check vfio-driver on what vfio-pci is told by ids=. */
enum vfio_ids_kind {
	VFIO_IDS_TWIN,
	VFIO_IDS_HOST_USE,
	VFIO_IDS_PF,
	VFIO_IDS_TOO_LATE,
	VFIO_IDS_NOT_TAKEN,
	VFIO_IDS_MATCHES_NOTHING,
	VFIO_IDS_MALFORMED,
	VFIO_IDS_STRAY,
	VFIO_IDS_TOO_LONG,
	VFIO_IDS_REPLACED,
	VFIO_IDS_UNKNOWN_OPTION,
};

enum { VFIO_IDS_KIND_COUNT = VFIO_IDS_UNKNOWN_OPTION + 1 };

/* Judges what ids= names on this host, and words that are meant to be among them. kinds is indexed
 * by enum vfio_ids_kind. */
void vfio_ids_judge(const struct model *model, const struct finding_kind *kinds,
		    struct findings *findings);

#endif

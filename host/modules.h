/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_MODULES_H
#define PASSCHECK_HOST_MODULES_H

#include "host/root.h"

struct modules {
	struct fact_list loaded;  /* of /proc/modules; "-" as "_" */
	struct fact_list builtin; /* of /lib/modules/RELEASE/modules.builtin; "-" as "_" */
	struct fact_text type1_unsafe_interrupts;   /* vfio_iommu_type1 allow_unsafe_interrupts */
	struct fact_text iommufd_unsafe_interrupts; /* iommufd allow_unsafe_interrupts */
	struct fact_text vfio_noiommu;              /* vfio enable_unsafe_noiommu_mode */
};

/* release may be NULL: builtin is then not captured. */
void modules_load(struct root *root, struct arena *arena, const char *release, struct modules *ret);

/* Returns whether a module is loaded or built in ("-" and "_" are equal): known where a list has
 * it, absent where both lists were read and neither has it. */
struct fact modules_present(const struct modules *modules, const char *name);

#endif

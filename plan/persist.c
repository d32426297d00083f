/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/base/array.h"
#include "plan/boot/binding.h"
#include "plan/boot/ids.h"
#include "plan/boot/modprobe_file.h"
#include "plan/boot/options.h"
#include "plan/builder.h"

/* Returns whether a step does nothing that an initramfs could have a copy of. */
static bool acts_behind_initramfs(const struct plan_step *step)
{
	static const char *const ids[] = {"module-list", "vfs-udev-rule", "pf-up-again",
					  "nvme-online-again"};

	if (step->stage != PLAN_PERSIST)
		return true;
	if (strcmp(step->id, "udev-rule") == 0)
		return step->function && pci_is_vf(step->function);
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
		if (strcmp(step->id, ids[i]) == 0)
			return true;
	}
	return false;
}

/*
 * Returns whether nothing but rules gives VFs to vfio-pci: these act behind the initramfs, which
 * has no rule of a plan, also on a VF that a driver there has made and taken ("udevadm trigger"
 * announces it again), and a list of the host loads vfio-pci.
 */
static bool only_vfs_by_rules(struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->taken_count; i++) {
		if (!pci_is_vf(builder->taken[i]))
			return false;
	}
	for (size_t i = 0; i < builder->plan->count; i++) {
		if (!acts_behind_initramfs(&builder->plan->steps[i]))
			return false;
	}
	return !builder->ids_placed && !plan_ids_are_in_doubt(builder);
}

void plan_persist(struct plan_builder *builder)
{
	size_t before;

	plan_correct_saved(builder);
	if (builder->taken_count)
		plan_doubt_ids(builder);
	/* What vfio-pci is to take has to be there first. */
	plan_keep_vfs(builder);
	before = builder->plan->count;
	plan_drop_refusals(builder);
	plan_add_options(builder);
	for (size_t i = 0; i < builder->taken_count; i++)
		plan_bind_at_boot(builder, builder->taken[i]);
	plan_load_at_boot(builder);
	if ((builder->plan->count > before || builder->ids_placed ||
	     plan_ids_are_in_doubt(builder)) &&
	    !plan_vfio_is_built_in(builder) && !only_vfs_by_rules(builder))
		plan_add_initramfs(builder);
	plan_name_ids_in_doubt(builder);
	plan_name_bindings_in_doubt(builder);
}

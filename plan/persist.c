/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/boot/binding.h"
#include "plan/boot/ids.h"
#include "plan/boot/modprobe_file.h"
#include "plan/boot/options.h"
#include "plan/builder.h"

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
	    !plan_vfio_is_built_in(builder))
		plan_add_initramfs(builder);
	plan_name_ids_in_doubt(builder);
	plan_name_bindings_in_doubt(builder);
}

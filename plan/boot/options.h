/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_BOOT_OPTIONS_H
#define PASSCHECK_PLAN_BOOT_OPTIONS_H

#include "plan/builder.h"

/* Adds the steps by which modprobe.d, or the kernel command line, has vfio-pci take functions by
 * their ids, before host drivers. */
void plan_add_options(struct plan_builder *builder);

/* Takes entries of ids= that match what stays with the host out of it, where there are any:
 * vfio-pci is to be loaded at boot. */
void plan_take_out_ids(struct plan_builder *builder);

/* Returns whether ids and softdeps stand in modprobe.d, and another driver has a function, or ids
 * are set that name one which no driver has; and names each such function. */
bool plan_ids_are_in_doubt(struct plan_builder *builder);
void plan_name_ids_in_doubt(struct plan_builder *builder);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_BOOT_IDS_UNDO_H
#define PASSCHECK_PLAN_BOOT_IDS_UNDO_H

#include "plan/builder.h"

/* What takes ids= of vfio-pci back. */

/* Appends to the step, before the function leaves vfio-pci, that vfio-pci forgets ids by which it
 * would take the function again at once. */
void plan_forget_ids(struct plan_builder *builder, struct plan_step *step,
		     const struct pci_function *function);

/* Adds the steps that take the ids of what is taken back out of every place that may give them at a
 * later boot, and that name entries which are left to a person. Returns whether a file of
 * modprobe.d changes, of which the initramfs has a copy. */
bool plan_undo_ids(struct plan_builder *builder);

/* Adds the step that takes away what a plan wrote so that vfio-pci is loaded before host drivers,
 * where plan_undo_ids() has left it. Returns whether there is some. */
bool plan_drop_softdeps(struct plan_builder *builder);

/* Returns whether ids stay that are for other functions of the host. */
bool plan_ids_stay(struct plan_builder *builder);

#endif

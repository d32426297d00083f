/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_BOOT_BINDING_H
#define PASSCHECK_PLAN_BOOT_BINDING_H

#include "plan/builder.h"

/* What gives one function to a driver at boot: rules of udev, driverctl, and places of systems. */

/* Returns whether ids do not persist the function, so it takes a rule of its own. */
bool plan_needs_rule(struct plan_builder *builder, const struct pci_function *function);

/* Returns whether a place of the host says already who gets the function at boot: a rule, or what
 * driverctl, Unraid or a script keeps. */
bool plan_has_own_binding(struct plan_builder *builder, const struct pci_function *function);

/* Adds the rule, or what the system has for it, that gives the function to VFIO at boot, or to no
 * driver, where it needs one; and what loads the drivers of all such rules. */
void plan_bind_at_boot(struct plan_builder *builder, const struct pci_function *function);
void plan_load_at_boot(struct plan_builder *builder);

/* Adds the steps that correct what driverctl saved, and that name what it and others keep. */
void plan_correct_saved(struct plan_builder *builder);
void plan_name_bindings_in_doubt(struct plan_builder *builder);

/* Has the driver of VFIO that a PF is with have it at boot, too, where nothing does: it makes the
 * PF's VFs. Returns whether it added a step for that. */
bool plan_persist_pf(struct plan_builder *builder, const struct pci_function *pf);

/* Names what has a PF go to VFIO at boot, where its own driver has it now and makes VFs. */
void plan_keep_pf(struct plan_builder *builder, const struct pci_function *pf);

#endif
